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
    show(form, first.labels[0].textContent + body.dataset.colon + complaint(first));
    first.focus();
    return false;
  }

  /** What is wrong with a field, in the language of the page; a browser would say it in its own. */
  function complaint(input) {
    const hint = document.getElementById(input.getAttribute("aria-describedby"));
    return hint ? hint.textContent : body.dataset.fieldWrong;
  }

  /** A form that the server answers with another page is sent once. */
  function setUpPlainForms() {
    for (const form of $$("form[data-busy-form]")) {
      form.addEventListener("submit", (event) => {
        if (form.dataset.sent) return event.preventDefault();
        form.dataset.sent = "yes";
        event.submitter?.setAttribute("aria-busy", "true");
      });
    }
  }

  const pad = (number) => String(number).padStart(2, "0");

  /** Times in the reader's own zone; the server wrote them in the shop's. */
  function showReadersTimes() {
    for (const time of $$("time[datetime]")) {
      const moment = new Date(time.dateTime);
      if (isNaN(moment)) continue;
      const date = [moment.getFullYear(), pad(moment.getMonth() + 1), pad(moment.getDate())].join("-");
      const clock = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(pad).join(":");
      time.title = time.dateTime;
      time.textContent = date + " " + clock;
    }
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const line = $("[data-zone]");
    if (zone && line) line.textContent = body.dataset.zoneText.replace("{zone}", zone);
    const filter = $("[data-filter]");
    // Minutes by which the day that begins so many days after another one begins before midnight of UTC:
    // it has 23 hours or 25 where the offset is another at its end, and may begin at one.
    const offset = (day, days) => {
      if (!day) return "";
      const midnight = new Date(day + "T00:00Z");
      midnight.setUTCDate(midnight.getUTCDate() + days);
      return Math.round((midnight - new Date(midnight.toISOString().slice(0, 16))) / 60000);
    };
    filter?.addEventListener("submit", () => {
      filter.elements.offset.value = offset(filter.elements.from.value, 0);
      filter.elements.to_offset.value = offset(filter.elements.to.value, 1);
      // What is empty is left out of the address.
      for (const field of filter.elements) if (field.name && !field.value) field.disabled = true;
    });
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
      for (const input of $$("[name=package_id]", form)) {
        input.disabled = Boolean($(".not-for:not([hidden])", input.parentElement));
        if (input.disabled) input.checked = false;
      }
      const card = $("[name=package_id]:checked", form)?.closest(".card");
      const price = card && $("[data-method]:not([hidden])", card);
      const sum = $("[data-sum]", form);
      if (!sum) return;
      sum.textContent = price ? price.textContent : "–";
      $("[data-sum-line]", form).hidden = false;
      $(".checkout button", form).disabled = !price;
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
    // What the address asked for without a script is a dialog with one.
    for (const dialog of $$("dialog[open]")) {
      dialog.close();
      dialog.showModal();
    }
    for (const button of $$("[data-close-dialog]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        button.closest("dialog").close();
      });
    }
    setUpMock(page, poll);
    setUpCard(page, order);
    setUpSwitch(page);
    setUpCancel(order);
    const check = $("[data-check]", page);
    check?.addEventListener("submit", (event) => {
      event.preventDefault();
      poll.ask(true, $("button", check));
    });
    if (page.dataset.status === "PENDING") poll.start();
  }

  function setUpSwitch(page) {
    const dialog = $("[data-switch-dialog]");
    if (!dialog) return;
    for (const button of $$(".more [data-switch]", page)) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        $("[data-switch-to]", dialog).value = button.value;
        $("[data-switch-name]", dialog).textContent = button.textContent;
        dialog.showModal();
      });
    }
  }

  function setUpCancel(order) {
    const dialog = $("[data-cancel-dialog]");
    if (!dialog) return;
    $("[data-cancel]").addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    const confirmed = $("[data-cancel-confirm]", dialog);
    confirmed.addEventListener("click", (event) => {
      event.preventDefault();
      busy(confirmed, $("[data-pay]"), async () => {
        try {
          await call("POST", `/api/coin/order/${order}/cancel`, {});
        } finally {
          dialog.close();
        }
        location.replace(location.pathname);
      });
    });
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

  /** The cause of the last failed attempt, in the server's words. */
  function showFailure(page, text) {
    $("[data-failure]", page).textContent = text || "";
    $("[data-why]", page).hidden = !text;
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
    const clock = countDown(page, () => ask());
    let count = 0;
    let timer = 0;

    function say(text) {
      line.textContent = text;
      line.hidden = !text;
    }

    function spoken(seconds) {
      return page.dataset.nextCheck.replace("{time}", minutes(page, seconds));
    }

    /** @param button asks the provider, not just the shop, and is busy meanwhile */
    async function ask(atProvider, button) {
      clearTimeout(timer);
      if (!atProvider) {
        count = Math.min(count + 1, POLLS_MAX);
        say(page.dataset.polling.replace("{n}", count).replace("{max}", POLLS_MAX));
      }
      if (button) button.disabled = true;
      try {
        const answer = atProvider
          ? await call("POST", `/api/coin/order/${order}/check`, {})
          : await call("GET", "/api/coin/order/status/" + order);
        showFailure(page, answer.failure);
        $("[data-looked-at]", page).hidden = !answer.is_looked_at;
        if (answer.status !== page.dataset.status) showState(page, answer.status);
        clock.set(answer.seconds_left);
        if (answer.status === "PAID") await showBalance(page);
        if (answer.status !== "PENDING") return say("");
        if (atProvider) say(page.dataset.asked + " · " + spoken(answer.next_check_seconds || POLL_SECONDS));
      } catch (error) {
        say(error.code === "NETWORK" ? page.dataset.pollError : error.message);
      } finally {
        if (button) button.disabled = false;
      }
      if (count < POLLS_MAX) {
        timer = setTimeout(ask, POLL_SECONDS * 1000);
      } else if (!atProvider) {
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

  function minutes(page, seconds) {
    if (seconds < 60) return page.dataset.secondsFormat.replace("{s}", seconds);
    return page.dataset.timeFormat
      .replace("{m}", Math.floor(seconds / 60)).replace("{s}", pad(seconds % 60));
  }

  /** Counts the seconds that the server says are left, by a clock that nobody sets. */
  function countDown(page, whenOver) {
    const place = $("[data-left]", page);
    const codeEnd = page.dataset.codeSecondsLeft === undefined
      ? Infinity : performance.now() + Number(page.dataset.codeSecondsLeft) * 1000;
    let end = 0;
    let timer = 0;

    function set(seconds) {
      clearTimeout(timer);
      end = performance.now() + Number(seconds) * 1000;
      if (place) tick();
    }

    function tick() {
      if (page.dataset.status !== "PENDING") return;
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      place.textContent = minutes(page, left);
      if (performance.now() >= codeEnd) showStale(page);
      if (left > 0) timer = setTimeout(tick, 500);
      else whenOver();
    }

    if (place) set(page.dataset.secondsLeft);
    return { set };
  }

  /** The code or address has run out: a fresh one is a button away. */
  function showStale(page) {
    const fresh = $("[data-stale]", page);
    if (!fresh?.hidden) return;
    for (const part of $$("[data-usable]", page)) part.hidden = true;
    fresh.hidden = false;
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
    if (page.dataset.status === "PENDING" && !$("dialog[open]")) dialog.showModal();
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
        const payment = await call("POST", `/api/coin/order/${order}/pay`, { payment_method: form.dataset.card });
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

  function setUpPrinting() {
    const button = $("[data-print]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // A page from the back/forward cache would show what was true before.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  showReadersTimes();
  setUpForms();
  setUpPlainForms();
  setUpPrinting();
  setUpBuying();
  setUpPaying();
})();
