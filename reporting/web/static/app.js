// What pages add to themselves where scripts run; all of them can be read without it.
"use strict";

(() => {
  // The policy forbids style attributes in markup, which is how ECharts writes them; the same through the object model
  // is allowed.
  const setAttribute = Element.prototype.setAttribute;
  SVGElement.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function drawPlot(figure) {
    const data = figure.querySelector("script[type='application/json']");
    const canvas = figure.querySelector(".canvas");
    if (!data || !canvas || !window.echarts || canvas.dataset.drawn) return;
    canvas.dataset.drawn = "yes";
    const option = JSON.parse(data.textContent);
    option.backgroundColor = "transparent";
    option.tooltip = { trigger: "axis", renderMode: "richText", confine: true };
    if (figure.dataset.bare !== undefined) {
      option.title.show = false;
      option.grid.top = 24;
    }
    const chart = window.echarts.init(canvas, dark.matches ? "dark" : null, { renderer: "svg" });
    chart.setOption(dark.matches ? lighten(option) : option);
    new ResizeObserver(() => chart.resize()).observe(canvas);
  }

  // Ink that was chosen for white paper.
  const LIGHTER = {
    "#24292f": "#e6edf3", "#57606a": "#a9b4c0", "#d0d7de": "#3a4654", "#0969da": "#6cb0ff", "#bc4c00": "#ffa657",
    "#1a7f37": "#56d364", "#cf222e": "#ff8a80", "#6e7781": "#a9b4c0", "#8250df": "#c297ff",
  };

  function lighten(value) {
    if (typeof value === "string") return LIGHTER[value] || value;
    if (Array.isArray(value)) return value.map(lighten);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, lighten(each)]));
    }
    return value;
  }

  function begin(root) {
    root.querySelectorAll("figure.plot").forEach(drawPlot);
    root.querySelectorAll("dialog[open][data-modal]").forEach((dialog) => dialog.showModal());
  }

  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:after:swap", () => begin(document));
  // A form that filters sends no empty fields: addresses stay short.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const field of event.target.querySelectorAll("input, select")) {
      if (field.value === "" && field.name) field.disabled = true;
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[method=get] :disabled").forEach((field) => { field.disabled = false; });
  });
})();
