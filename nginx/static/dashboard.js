"use strict";
(() => {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();

  /** Told apart by eyes that see few colours, and light enough for both themes. */
  const palette = () => [colour("--chart-1"), colour("--chart-2"), colour("--chart-3"), colour("--chart-4")];

  function dataset(series, index, kind) {
    const shade = palette()[index % palette().length];
    const line = kind === "line";
    return {
      label: series.name, data: series.values, borderColor: shade, backgroundColor: shade,
      borderWidth: line ? 2 : 0, pointRadius: line ? 2 : 0, tension: 0.25, spanGaps: true, maxBarThickness: 36,
      borderRadius: line ? 0 : 3,
    };
  }

  function draw(canvas) {
    const chart = JSON.parse(canvas.dataset.chart);
    const unit = chart.unit ? " " + chart.unit : "";
    const grid = { color: colour("--line"), borderColor: colour("--edge") };
    const ticks = { color: colour("--soft"), maxRotation: 0, autoSkip: true };
    const stacked = chart.kind === "stack";
    return new Chart(canvas, {
      type: chart.kind === "line" ? "line" : "bar",
      data: { labels: chart.labels, datasets: chart.series.map((series, index) => dataset(series, index, chart.kind)) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { stacked, grid: { display: false, borderColor: grid.borderColor }, ticks },
          y: {
            stacked, beginAtZero: true, grid, ticks: { ...ticks, callback: (value) => value + (unit === " %" ? unit : "") },
            suggestedMax: unit === " %" ? 100 : undefined,
          },
        },
        plugins: {
          legend: { labels: { color: colour("--ink"), boxWidth: 12, boxHeight: 12 } },
          tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${item.formattedValue}${unit}` } },
        },
      },
    });
  }

  if (!window.Chart) return;
  let drawn = [];
  const drawAll = () => {
    for (const chart of drawn) chart.destroy();
    drawn = [...document.querySelectorAll("canvas[data-chart]")].map(draw);
  };
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
