"""The nouns of lead to cash: tables, rows, money, days, findings, changes. Knows nothing of Excel files."""
