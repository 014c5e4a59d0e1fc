"""Reports of the gate for people and machines: what was checked, refused, warned of, acknowledged.

One report (``report.py``) is a page (``page.py``) and a document (``document.py``): of a release,
of the last whole build whatever became of it, and of a check of the rows (decision 047).
"""
