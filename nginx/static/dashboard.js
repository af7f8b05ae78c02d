"use strict";
(() => {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();

  /** Told apart by eyes that see few colours, and light enough for both themes. */
  const palette = () => [colour("--chart-1"), colour("--chart-2"), colour("--chart-3"), colour("--chart-4")];

  const BAR_WIDTH_MAX = 36;

  /** Bars of one label stand side by side, however wide its place is. */
  function barWidth(canvas, chart) {
    const beside = chart.kind === "stack" ? 1 : chart.series.length;
    const room = (canvas.parentElement.clientWidth * 0.7) / Math.max(1, chart.labels.length * beside);
    return Math.max(1, Math.min(BAR_WIDTH_MAX, room));
  }

  function dataset(series, index, kind, barThickness) {
    const shade = palette()[index % palette().length];
    const line = kind === "line";
    return {
      label: series.name, data: series.values, borderColor: shade, backgroundColor: shade,
      borderWidth: line ? 2 : 0, pointRadius: line ? 2 : 0, tension: 0.25, spanGaps: true, barThickness,
      borderRadius: line ? 0 : 3,
    };
  }

  function draw(canvas) {
    const chart = JSON.parse(canvas.dataset.chart);
    const unit = chart.unit ? " " + chart.unit : "";
    const grid = { color: colour("--line"), borderColor: colour("--edge") };
    const ticks = { color: colour("--soft"), maxRotation: 0, autoSkip: true, autoSkipPadding: 16 };
    // The year is in the table.
    const label = function (value) { return this.getLabelForValue(value).replace(/^\d{4}-/, ""); };
    const width = barWidth(canvas, chart);
    const stacked = chart.kind === "stack";
    return new Chart(canvas, {
      type: chart.kind === "line" ? "line" : "bar",
      data: { labels: chart.labels, datasets: chart.series.map((series, index) => dataset(series, index, chart.kind, width)) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { stacked, grid: { display: false, borderColor: grid.borderColor }, ticks: { ...ticks, callback: label } },
          y: {
            stacked, beginAtZero: true, grid,
            ticks: {
              ...ticks, precision: unit ? undefined : 0, callback: (value) => value + (unit === " %" ? unit : ""),
            },
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
  addEventListener("resize", drawAll);
})();
