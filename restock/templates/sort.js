"use strict";
(function () {
  /* Figures sort as numbers ("under 1%" as less than 1%), days as days, all else as text; what is not known comes last. */
  function sortKey(cell) {
    const text = cell.dataset.sort || cell.textContent.trim();
    if (cell.classList.contains("n")) {
      const figure = parseFloat(text.replace(/[^0-9.\-]/g, ""));
      return Number.isNaN(figure) ? null : figure + (text.startsWith("under") ? -0.001 : text.startsWith("over") ? 0.001 : 0);
    }
    if (cell.classList.contains("date")) return Date.parse(text) || null;
    return text.toLowerCase() || null;
  }

  function sort(table, column) {
    const head = table.tHead.rows[0].cells[column];
    const falling = head.getAttribute("aria-sort") === "ascending";
    const rows = [...table.tBodies[0].rows].map((row) => ({ row: row, key: sortKey(row.cells[column]) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      const order = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key : String(a.key).localeCompare(String(b.key));
      return falling ? -order : order;
    });
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", falling ? "descending" : "ascending");
    table.tBodies[0].append(...rows.map((one) => one.row));
  }

  function sortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      head.tabIndex = 0;
      head.setAttribute("aria-sort", "none");
      head.title = "Sort by this column";
      head.addEventListener("click", () => sort(table, column));
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sort(table, column);
      });
    });
  }

  for (const table of document.querySelectorAll("table:not(.terms):not(.fixed)")) sortable(table);
})();
