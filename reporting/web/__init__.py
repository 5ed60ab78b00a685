"""The web face: pages for people and an API for programs, over the same reports as the command line.

For authors of pages. A page is three files of its own, found by themselves; no list has to be changed:

1. ``pages/<name>.py`` holds ``router = APIRouter()`` and its functions. A function takes ``visit: Here``, opens
   ``with visit.reading() as connection``, calls a function of ``reporting`` and returns
   ``visit.page("<name>.html", **words)``. ``ENTRY = Entry(position, "<name>", "/<address>")`` puts it into the
   navigation, under the text ``<name>.navigation``.
2. ``templates/<name>.html`` extends ``layout.html`` and fills ``main``. Every text is ``say("<name>.key")``, a word of
   a closed vocabulary is ``term(value)``, a sentence of a report is ``tell(text)`` (``told.py``), figures are
   ``show.money``, ``show.percent``, ``show.day`` and their like (``formats.py``). A value that is not known is a dash,
   never a zero. ``rows.html`` has the table of homes.
3. ``words/<name>.toml`` holds the texts under ``[zh]`` and ``[en]``, the same keys in both; a test compares them.

An endpoint for programs is ``api/<name>.py`` with ``router``, mounted under ``/api/v1``.

- Filters: ``visit.filters()`` reads those of the command line from the address; ``query.py`` reads other words. What
  cannot be read becomes a page that names it (400). ``ReportError`` and ``StoreError`` become pages too
  (``problems.py``).
- htmx adds to pages that work without it: ``visit.page(..., fragment="results")`` gives the block ``results`` alone
  where a part is asked for; macros that it needs are imported inside of it. htmx 4 inherits nothing: every attribute
  stands on its own element. It swaps in answers of 400.
- Writes: a form posts ``{{ token_field() }}``; its function calls ``visit.require_writes()``, reads ``form: Form`` and
  ends with ``visit.see_other(address)``. ``security.py`` refuses what lacks the token or comes from elsewhere.
- The policy allows no inline script and no ``style`` attribute: classes, and files in ``static``. A plot is
  ``plot(option, label)`` of ``plots.html`` with an option of ``reporting.plots``, and a data table beneath it.
- Whatever looks at all listings belongs on the board (``board/``), which is made once and searched in milliseconds.
- ``visit.now`` is the time; nothing else asks for it. What needs the crawler is a router in ``Settings.routers``.
"""
