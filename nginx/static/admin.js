"use strict";
(() => {
  const body = document.body;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Sends JSON; a failure is an Error with the message to show and the code. */
  async function send(path, data) {
    let answer;
    try {
      const response = await fetch(path, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(data),
      });
      answer = await response.json();
    } catch {
      throw Object.assign(new Error(body.dataset.networkError), { code: "NETWORK" });
    }
    if (!answer.success) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer.data;
  }

  /** The fields as the API wants them. */
  function values(form) {
    const data = {};
    for (const field of form.elements) {
      if (!field.name) continue;
      const text = field.value.trim();
      switch (field.dataset.type) {
        case "boolean": data[field.name] = field.type === "checkbox" ? field.checked : text === "true"; break;
        // What is no number goes as it is written, so that the answer can say so; nothing is not sent.
        case "integer": if (text !== "") data[field.name] = /^-?\d+$/.test(text) ? Number(text) : text; break;
        case "optional": if (text !== "") data[field.name] = text; break;
        default: data[field.name] = text;
      }
    }
    return data;
  }

  function show(form, message) {
    const place = $("[data-error]", form);
    if (!place) return;
    place.textContent = message;
    place.hidden = !message;
  }

  /** Shows codes that are never shown again, and waits until somebody says that they were kept. */
  function showCodes(codes, explanation, goOn) {
    const main = $("main");
    const section = document.createElement("section");
    const text = document.createElement("p");
    const list = document.createElement("ul");
    const button = document.createElement("button");
    text.className = "notice";
    text.textContent = explanation;
    list.className = "codes code";
    for (const code of codes) {
      const item = document.createElement("li");
      item.textContent = code;
      list.append(item);
    }
    button.className = "primary";
    button.textContent = body.dataset.continue;
    button.addEventListener("click", goOn);
    section.append(text, list, button);
    for (const dialog of $$("dialog[open]")) dialog.close();
    main.replaceChildren(section);
    button.focus();
  }

  async function submit(form) {
    const button = $("button[type=submit]", form);
    const label = button.textContent;
    button.disabled = true;
    button.textContent = body.dataset.working;
    show(form, "");
    const goOn = () => (form.dataset.next ? location.assign(form.dataset.next) : location.reload());
    try {
      const data = await send(form.dataset.post, values(form));
      if (data && data.notice) keepNotice(data);
      if (data && data.recovery_codes) showCodes(data.recovery_codes, body.dataset.keepCodes, goOn);
      else if (data && data.enrolment_code) showCodes([data.enrolment_code], body.dataset.tellCode, goOn);
      else goOn();
    } catch (error) {
      if (error.code === "LOGIN_REQUIRED" || error.code === "SECOND_FACTOR_REQUIRED") return location.reload();
      show(form, error.message);
      button.disabled = false;
      button.textContent = label;
    }
  }

  /** What is not done yet, though the request was taken. */
  const UNDONE = ["WAITING", "UNBOOKED", "PROVIDER_UNBOOKED"];

  /** Keeps what an action came to until the page was loaded again. */
  function keepNotice(data) {
    sessionStorage.setItem("notice", data.notice);
    sessionStorage.setItem("notice-class", UNDONE.includes(data.outcome) ? "undone" : "done");
  }

  /** Tells what an action came to, after the page was loaded again. */
  function tellNotice() {
    const text = sessionStorage.getItem("notice");
    if (!text) return;
    sessionStorage.removeItem("notice");
    const line = document.createElement("p");
    line.className = sessionStorage.getItem("notice-class");
    line.setAttribute("role", "status");
    line.textContent = text;
    $("main h1").after(line);
  }

  /** On a phone the navigation is wider than the window. */
  function showPlace() {
    const here = $(".side [aria-current]");
    if (!here) return;
    const bar = here.parentElement;
    bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }

  showPlace();
  tellNotice();
  for (const form of $$("form[data-post]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form);
    });
  }
  for (const button of $$("[data-open]")) {
    button.addEventListener("click", () => $("#" + CSS.escape(button.dataset.open + "-dialog")).showModal());
  }
  for (const button of $$("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  // Filters that say nothing stay out of the address.
  for (const form of $$("form.filters")) {
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
  }
  // A page from the back/forward cache would show what was true before.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
