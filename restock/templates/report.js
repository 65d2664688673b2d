"use strict";
(function () {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const light = { ink: "#17212b", quiet: "#566472", line: "#e3e8ed", accent: "#0b5cad", soft: "#cfe1f3", stock: "#5b6b7a", out: "#b3261e", amber: "#b07400", ground: "#ffffff" };
  const night = { ink: "#e6ecf1", quiet: "#9fadba", line: "#2b3742", accent: "#74b3f0", soft: "#2d5474", stock: "#93a4b3", out: "#ff8a80", amber: "#f0c060", ground: "#12181e" };
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
  const drawn = [];

  const number = (value) => (value == null ? "–" : whole.format(value));
  const money = (value) => (value == null ? "–" : figures.currency + whole.format(value));
  const percent = (value) => (value == null ? "–" : (value > 0 && value < 1 ? "under 1" : whole.format(value)) + "%");
  const week = (iso) => Number(iso.slice(8)) + " " + months[Number(iso.slice(5, 7)) - 1];

  function axis(colours, weeks, extra) {
    return Object.assign({
      type: "category", data: weeks, axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.quiet, formatter: week, hideOverlap: true },
    }, extra);
  }

  function scale(colours, formatter, extra) {
    return Object.assign({
      type: "value", min: 0, splitNumber: 3,
      axisLabel: { color: colours.quiet, formatter: formatter },
      splitLine: { lineStyle: { color: colours.line } },
    }, extra);
  }

  function base(colours) {
    return {
      animation: false, textStyle: { fontFamily: "inherit" }, aria: { enabled: false },
      tooltip: {
        trigger: "axis", backgroundColor: colours.ground, borderColor: colours.line, textStyle: { color: colours.ink },
        confine: true, axisPointer: { type: "line", lineStyle: { color: colours.quiet } },
      },
    };
  }

  function named(name, type, data, style) {
    return Object.assign({ name: name, type: type, data: data, symbol: "none" }, style);
  }

  function moneyChart(colours) {
    const bars = (name, data, colour) =>
      named(name, "bar", data, { stack: "orders", itemStyle: { color: colour }, tooltip: { valueFormatter: money } });
    return Object.assign(base(colours), {
      grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      xAxis: axis(colours, figures.weeks),
      yAxis: scale(colours, (value) => short.format(value)),
      series: [bars("Decided", figures.money.decided, colours.accent), bars("Outlook", figures.money.outlook, colours.soft)],
    });
  }

  function stockChart(colours) {
    return Object.assign(base(colours), {
      grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      xAxis: axis(colours, figures.weeks),
      yAxis: [
        scale(colours, (value) => short.format(value)),
        scale(colours, (value) => value + "%", { splitLine: { show: false } }),
      ],
      series: [
        named("Run out", "bar", figures.stock.out, { yAxisIndex: 1, itemStyle: { color: colours.out, opacity: 0.55 }, tooltip: { valueFormatter: percent } }),
        named("Stock value", "line", figures.stock.value, { lineStyle: { color: colours.stock, width: 2.5 }, itemStyle: { color: colours.stock }, tooltip: { valueFormatter: money } }),
      ],
    });
  }

  /* A band is an invisible floor with a filled difference stacked on it. */
  function band(name, low, high, colour, opacity, place) {
    const difference = high.map((value, i) => (value == null ? null : value - low[i]));
    const hidden = { stack: name, lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } };
    return [
      named("", "line", low, Object.assign({}, hidden, place)),
      named("", "line", difference, Object.assign({ areaStyle: { color: colour, opacity: opacity } }, hidden, place)),
    ];
  }

  function productChart(product, colours) {
    const past = figures.history.length;
    const all = figures.history.concat(figures.weeks);
    const later = (values) => Array(past).fill(null).concat(values);
    const top = { xAxisIndex: 0, yAxisIndex: 0 };
    const bottom = { xAxisIndex: 1, yAxisIndex: 1 };
    const risk = { xAxisIndex: 1, yAxisIndex: 2 };
    const partly = product.sold.map((value, i) => (product.short[i] ? value : null));
    const today = {
      silent: true, symbol: "none", data: [{ xAxis: past }], lineStyle: { color: colours.quiet, type: "dashed" },
      label: { formatter: "today", color: colours.quiet, position: "end", distance: 2 },
    };
    const line = (colour, width) => ({ lineStyle: { color: colour, width: width }, itemStyle: { color: colour }, tooltip: { valueFormatter: number } });
    const options = Object.assign(base(colours), {
      grid: [{ left: 44, right: 44, top: 20, height: 130 }, { left: 44, right: 44, top: 178, height: 92 }],
      xAxis: [
        axis(colours, all, { gridIndex: 0, axisLabel: { show: false } }),
        axis(colours, all, { gridIndex: 1 }),
      ],
      yAxis: [
        scale(colours, (value) => short.format(value), { gridIndex: 0 }),
        scale(colours, (value) => short.format(value), { gridIndex: 1 }),
        scale(colours, (value) => value + "%", { gridIndex: 1, max: 100, splitNumber: 2, splitLine: { show: false } }),
      ],
      series: [
        ...band("wide", later(product.band[0]), later(product.band[3]), colours.soft, 1, top),
        ...band("likely", later(product.band[1]), later(product.band[2]), colours.accent, 0.4, top),
        named("Sold", "line", product.sold, Object.assign({ markLine: today }, line(colours.ink, 1.5), top)),
        named("Partly out of stock", "scatter", partly, Object.assign({ itemStyle: { color: colours.ground, borderColor: colours.amber, borderWidth: 2 }, symbol: "circle", symbolSize: 6, silent: true, tooltip: { show: false }, z: 4 }, top)),
        named("Estimated demand", "line", product.wanted, Object.assign({ lineStyle: { color: colours.accent, width: 1.5, type: "dashed" }, itemStyle: { color: colours.ground, borderColor: colours.accent, borderWidth: 1.5 }, symbol: "diamond", symbolSize: 8, showAllSymbol: true, tooltip: { valueFormatter: number } }, top)),
        named("Expected demand", "line", later(product.mean), Object.assign({}, line(colours.accent, 2.5), top)),
        named("Chance to run out", "bar", later(product.out), Object.assign({ itemStyle: { color: colours.out, opacity: 0.6 }, tooltip: { valueFormatter: percent } }, risk)),
        ...band("stock", later(product.stock_low), later(product.stock_high), colours.stock, 0.25, bottom),
        named("Expected stock", "line", later(product.stock), Object.assign({}, line(colours.stock, 2.5), bottom)),
      ],
    });
    options.axisPointer = { link: [{ xAxisIndex: "all" }] };
    return options;
  }

  function draw(colours) {
    while (drawn.length) drawn.pop().dispose();
    const put = (element, options) => {
      if (!element) return;
      const chart = echarts.init(element, null, { renderer: "svg" });
      chart.setOption(options);
      drawn.push(chart);
    };
    put(document.getElementById("chart-money"), moneyChart(colours));
    put(document.getElementById("chart-stock"), stockChart(colours));
    for (const element of document.querySelectorAll("[data-product]")) {
      put(element, productChart(figures.products[Number(element.dataset.product)], colours));
    }
  }

  function filter(field) {
    const wanted = field.value.trim().toLowerCase();
    for (const row of document.getElementById(field.dataset.filters).tBodies[0].rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    }
  }

  const redraw = () => draw(dark.matches ? night : light);
  redraw();
  dark.addEventListener("change", redraw);
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.supplier:not([open]), .why details:not([open])")];
    opened.forEach((details) => { details.open = true; });
    draw(light);
    for (const svg of document.querySelectorAll(".chart svg")) {
      svg.setAttribute("viewBox", "0 0 " + svg.getAttribute("width") + " " + svg.getAttribute("height"));
    }
  });
  addEventListener("afterprint", () => { opened.forEach((details) => { details.open = false; }); redraw(); });
  for (const field of document.querySelectorAll("[data-filters]")) field.addEventListener("input", () => filter(field));
})();
