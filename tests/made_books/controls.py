"""A check box of the forms toolbar, as Excel 2010 and later save it."""

from pathlib import Path

from made_books.added import MC, OFFICE, SHEET_DRAWING, X14, Link, Part, before, dressed
from made_books.base import REPORT_PART, orders_book

CONTROL_PART = "xl/ctrlProps/ctrlProp1.xml"
_VML = "urn:schemas-microsoft-com"


def control_book(path: Path) -> Path:
    """Make the orders with a check box on 报表 that is linked to 报表!$H$2."""
    properties = (
        f'<formControlPr xmlns="{X14}" objectType="CheckBox" checked="Checked" fmlaLink="$H$2" lockText="1"'
        ' noThreeD="1"/>'
    )
    return dressed(
        orders_book(path),
        [
            Part(CONTROL_PART, "application/vnd.ms-excel.controlproperties+xml", properties),
            Part("xl/drawings/vmlDrawing1.vml", "", _shape().encode()),
        ],
        [
            Link(REPORT_PART, "rIdShape", f"{OFFICE}/vmlDrawing", "xl/drawings/vmlDrawing1.vml"),
            Link(REPORT_PART, "rIdControl", f"{OFFICE}/ctrlProp", CONTROL_PART),
        ],
        {REPORT_PART: before("</worksheet>", f'<legacyDrawing r:id="rIdShape"/>{_control()}')},
        {"vml": "application/vnd.openxmlformats-officedocument.vmlDrawing"},
    )


def _control() -> str:
    corner = "<{0}><xdr:col>{1}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{2}</xdr:row>"
    corner += "<xdr:rowOff>0</xdr:rowOff></{0}>"
    anchor = f'<anchor moveWithCells="1" xmlns:xdr="{SHEET_DRAWING}">{corner.format("from", 3, 1)}'
    anchor += f"{corner.format('to', 5, 2)}</anchor>"
    control = (
        '<control shapeId="1025" r:id="rIdControl" name="Check Box 1"><controlPr defaultSize="0" autoFill="0"'
        f' autoLine="0" autoPict="0">{anchor}</controlPr></control>'
    )
    space = f'xmlns:mc="{MC}"'
    needs = f'Requires="x14" xmlns:x14="{X14}"'
    inner = f"<mc:AlternateContent><mc:Choice {needs}>{control}</mc:Choice></mc:AlternateContent>"
    outer = f"<mc:Choice {needs}><controls>{inner}</controls></mc:Choice>"
    return f"<mc:AlternateContent {space}>{outer}</mc:AlternateContent>"


def _shape() -> str:
    return (
        f'<xml xmlns:v="{_VML}:vml" xmlns:o="{_VML}:office:office" xmlns:x="{_VML}:office:excel">'
        '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe"/>'
        '<v:shape id="_x0000_s1025" type="#_x0000_t201" style="position:absolute" filled="f" stroked="f">'
        '<v:textbox><div style="text-align:left">已付</div></v:textbox><x:ClientData ObjectType="Checkbox">'
        "<x:Anchor>3, 0, 1, 0, 5, 0, 2, 0</x:Anchor><x:Checked>1</x:Checked><x:FmlaLink>$H$2</x:FmlaLink>"
        "</x:ClientData></v:shape></xml>"
    )
