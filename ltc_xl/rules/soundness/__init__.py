"""Whether rules are sound before they are used: what none catches, what two dispute, what never fires."""
