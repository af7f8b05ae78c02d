"use strict";
(() => {
  const POLL_SECONDS = 5;
  const POLLS_MAX = 30;
  const body = document.body;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Calls the JSON API; a failure is an Error with the message to show and the code. */
  async function call(method, path, data, headers = {}) {
    let answer;
    try {
      const response = await fetch(path, {
        method,
        credentials: "same-origin",
        headers: data === undefined ? headers : { "Content-Type": "application/json", ...headers },
        body: data === undefined ? undefined : JSON.stringify(data),
      });
      answer = await response.json();
    } catch {
      throw Object.assign(new Error(body.dataset.networkError), { code: "NETWORK" });
    }
    if (!answer.success) {
      throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    }
    return answer.data;
  }

  function show(root, message) {
    const place = $("[data-error]", root);
    if (!place) return;
    place.textContent = message;
    place.hidden = !message;
  }

  /** Runs an action with its button busy; errors are shown beside it. */
  async function busy(button, root, action, text) {
    const label = button.textContent;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    button.textContent = text || body.dataset.working;
    show(root, "");
    try {
      await action();
    } catch (error) {
      if (error.code === "LOGIN_REQUIRED") {
        location.assign("/login?next=" + encodeURIComponent(location.pathname));
        return;
      }
      show(root, error.message);
      button.disabled = false;
      button.removeAttribute("aria-busy");
      button.textContent = label;
    }
  }

  function setUpForms() {
    for (const form of $$("form[data-post]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if ("account" in form.dataset && !checkFields(form)) return;
        const data = Object.fromEntries(new FormData(form));
        busy($("button", form), form, async () => {
          await call("POST", form.dataset.post, data);
          location.assign(form.dataset.next || "/coin");
        });
      });
    }
  }

  function checkFields(form) {
    let first = null;
    for (const input of $$("input", form)) {
      const valid = input.checkValidity();
      input.setAttribute("aria-invalid", String(!valid));
      if (!valid && !first) first = input;
    }
    if (!first) return true;
    show(form, first.labels[0].textContent + ": " + first.validationMessage);
    first.focus();
    return false;
  }

  function setUpBuying() {
    const form = $("[data-buy]");
    if (!form) return;
    // One key for one wish: a double click or a retry after a lost answer gives the same order.
    let key;
    form.addEventListener("change", () => {
      key = crypto.randomUUID ? crypto.randomUUID() : Date.now() + String(Math.random());
      const method = form.elements.payment_method && form.elements.payment_method.value;
      for (const price of $$("[data-method]", form)) price.hidden = price.dataset.method !== method;
      const price = $(".card:has(:checked) [data-method]:not([hidden])", form);
      const sum = $("[data-sum]", form);
      if (sum) sum.textContent = price ? price.textContent : "–";
    });
    form.dispatchEvent(new Event("change"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wish = {
        package_id: Number(form.elements.package_id.value),
        payment_method: form.elements.payment_method.value,
      };
      busy($("button[type=submit]", form), form, async () => {
        const order = await call("POST", "/api/coin/order", wish, { "Idempotency-Key": key });
        location.assign("/coin/pay/" + order.order_no);
      }, form.dataset.busy);
    });
  }

  function setUpPaying() {
    const page = $("[data-pay]");
    if (!page) return;
    const order = page.dataset.order;
    const poll = poller(page, order);
    for (const button of $$("[data-close-dialog]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    countDown(page, poll);
    setUpMock(page, poll);
    setUpCard(page, order);
    for (const button of $$("[data-switch]", page)) {
      button.addEventListener("click", () => busy(button, page, async () => {
        await call("POST", `/api/coin/order/${order}/pay`, { payment_method: button.dataset.switch });
        location.reload();
      }));
    }
    setUpCancel(order);
    if (page.dataset.status === "PENDING") poll.start();
  }

  function setUpCancel(order) {
    const dialog = $("[data-cancel-dialog]");
    if (!dialog) return;
    $("[data-cancel]").addEventListener("click", () => dialog.showModal());
    const confirmed = $("[data-cancel-confirm]", dialog);
    confirmed.addEventListener("click", () => busy(confirmed, $("[data-pay]"), async () => {
      try {
        await call("POST", `/api/coin/order/${order}/cancel`, {});
      } finally {
        dialog.close();
      }
      location.reload();
    }));
  }

  /** Shows a state that the server reported. */
  function showState(page, status) {
    page.dataset.status = status;
    const group = status.includes("REFUND") ? "REFUNDED" : status;
    const state = $("[data-state]", page);
    state.dataset.state = status;
    state.className = "state " + status.toLowerCase();
    for (const part of $$("[data-when]", page)) part.hidden = !part.dataset.when.split(" ").includes(group);
    for (const dialog of $$("dialog[open]")) dialog.close();
  }

  async function showBalance(page) {
    const info = await call("GET", "/api/coin/info");
    for (const place of $$("[data-balance]", page)) {
      place.textContent = Number(info.balance).toLocaleString("en-US");
    }
    const line = $("[data-new-balance]", page);
    if (line) line.hidden = false;
  }

  /** Asks for the state every 5 seconds, at most 30 times, and at once when the tab is seen again. */
  function poller(page, order) {
    const line = $("[data-poll]", page);
    const again = $("[data-poll-again]", page);
    let count = 0;
    let timer = 0;

    function say(text) {
      line.textContent = text;
      line.hidden = !text;
    }

    async function ask() {
      clearTimeout(timer);
      count = Math.min(count + 1, POLLS_MAX);
      say(page.dataset.polling.replace("{n}", count).replace("{max}", POLLS_MAX));
      try {
        const answer = await call("GET", "/api/coin/order/status/" + order);
        if (answer.status !== page.dataset.status) showState(page, answer.status);
        if (answer.status === "PAID") await showBalance(page);
        if (answer.status !== "PENDING") return say("");
      } catch (error) {
        say(error.code === "NETWORK" ? page.dataset.pollError : error.message);
      }
      if (count < POLLS_MAX) {
        timer = setTimeout(ask, POLL_SECONDS * 1000);
      } else {
        say(page.dataset.pollingEnded);
        again.hidden = false;
      }
    }

    function start() {
      count = 0;
      again.hidden = true;
      ask();
    }

    again.addEventListener("click", start);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && page.dataset.status === "PENDING" && count < POLLS_MAX) ask();
    });
    return { start, ask };
  }

  /** Counts the seconds that the server said are left, by a clock that nobody sets. */
  function countDown(page, poll) {
    const place = $("[data-left]", page);
    if (!place) return;
    const end = performance.now() + Number(page.dataset.secondsLeft) * 1000;
    const tick = () => {
      if (page.dataset.status !== "PENDING") return;
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      place.textContent = page.dataset.timeFormat
        .replace("{m}", Math.floor(left / 60)).replace("{s}", String(left % 60).padStart(2, "0"));
      if (left > 0) setTimeout(tick, 500);
      else poll.ask();
    };
    tick();
  }

  function setUpMock(page, poll) {
    const dialog = $("[data-mock]");
    if (!dialog) return;
    $("[data-open-mock]", page).addEventListener("click", () => dialog.showModal());
    for (const button of $$("[data-mock-result]", dialog)) {
      button.addEventListener("click", () => busy(button, page, async () => {
        try {
          await call("POST", `/api/payment/mock/${button.dataset.mockResult}/${dialog.dataset.mock}`, {});
        } finally {
          dialog.close();
        }
        poll.start();
      }));
    }
    if (page.dataset.status === "PENDING") dialog.showModal();
  }

  /** Stripe's script comes from Stripe and only when somebody pays by card. */
  function loadStripe() {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "https://js.stripe.com/v3/";
      script.onload = resolve;
      script.onerror = () => reject(new Error(body.dataset.networkError));
      document.head.append(script);
    });
  }

  function setUpCard(page, order) {
    const form = $("[data-card]", page);
    if (!form) return;
    const button = $("button", form);
    (async () => {
      try {
        const payment = await call("POST", `/api/coin/order/${order}/pay`, { payment_method: "STRIPE" });
        // Begun on Stripe's own page: there is nothing to show here.
        if (!payment.client_secret) return location.assign(payment.payment_url);
        await loadStripe();
        const stripe = window.Stripe(payment.publishable_key);
        const elements = stripe.elements({ clientSecret: payment.client_secret });
        elements.create("payment").mount("#payment-element");
        button.disabled = false;
        form.addEventListener("submit", (event) => {
          event.preventDefault();
          busy(button, page, async () => {
            const { error } = await stripe.confirmPayment({
              elements,
              confirmParams: { return_url: location.origin + "/payment/success?order_no=" + order },
            });
            if (error) throw error;
          });
        });
      } catch (error) {
        show(page, error.message);
      }
    })();
  }

  // A page from the back/forward cache would show what was true before.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  setUpForms();
  setUpBuying();
  setUpPaying();
})();
