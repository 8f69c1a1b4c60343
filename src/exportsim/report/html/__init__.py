"""The report: one result as one page of HTML that needs nothing else.

``page`` gathers what the page says (question, answer, tables, figures, assumptions, method, origin), the templates say
how it looks, ``writing`` puts it on the disk. Jinja2 and matplotlib are needed here and nowhere below.
"""

from exportsim.report.html.page import fragment, needed, page
from exportsim.report.html.writing import prepared_page, write_page

__all__ = ["fragment", "needed", "page", "prepared_page", "write_page"]
