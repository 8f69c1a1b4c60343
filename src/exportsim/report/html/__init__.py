"""The report: one result as one page of HTML that needs nothing else.

``page`` gathers what the page says (question, answer, tables, figures, assumptions, method, origin), the templates say
how it looks, ``writing`` puts it on the disk. matplotlib and Jinja2 are imported only where a page is made.
"""

from exportsim.report.html.page import fragment, page, study_page
from exportsim.report.html.writing import prepared_page, write_report

__all__ = ["fragment", "page", "prepared_page", "study_page", "write_report"]
