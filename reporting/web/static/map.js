// A map without tiles: only points, so that nobody outside learns what is looked at.
"use strict";

(() => {
  const FURTHEST = 16;
  const START = [32, 108];

  function show(element) {
    if (element.dataset.shown || !window.L) return;
    element.dataset.shown = "yes";
    const map = L.map(element, { preferCanvas: true, attributionControl: false, maxZoom: FURTHEST, minZoom: 1 });
    const layer = L.layerGroup().addTo(map);
    const color = getComputedStyle(document.documentElement).getPropertyValue("--pico-primary").trim();
    let isFirst = true;

    async function load() {
      const address = new URL(element.dataset.points, location.origin);
      address.searchParams.set("zoom", String(map.getZoom() || 0));
      if (!isFirst) {
        const box = map.getBounds();
        address.searchParams.set("box", [box.getSouth(), box.getWest(), box.getNorth(), box.getEast()].join(","));
      }
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      draw((await answer.json()).points);
    }

    function draw(points) {
      layer.clearLayers();
      for (const point of points) {
        const radius = point.count === 1 ? 6 : 8 + 4 * Math.log10(point.count);
        const marker = L.circleMarker(point.at, { radius, color, weight: 1.5, fillOpacity: point.count === 1 ? 0.8 : 0.35 });
        if (point.count > 1) marker.bindTooltip(String(point.count), { permanent: true, direction: "center", className: "count" });
        marker.on("click", () => {
          if (point.count === 1) location.href = point.address;
          else map.setView(point.at, Math.min(map.getZoom() + 3, FURTHEST));
        });
        marker.addTo(layer);
      }
      if (isFirst && points.length) {
        isFirst = false;
        map.fitBounds(L.latLngBounds(points.map((point) => point.at)).pad(0.2), { maxZoom: 12 });
      }
    }

    map.setView(START, 4);
    map.on("moveend", load);
    load();
  }

  const begin = () => document.querySelectorAll(".map").forEach(show);
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:after:swap", begin);
})();
