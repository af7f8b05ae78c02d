"""Stripe's side of webhooks: events wait here and are sent when a test says so, signed by Stripe's own SDK."""

import json
import threading
import time

import requests
import stripe


class Hooks:
    """An endpoint has one secret, or two while it is being replaced."""

    def __init__(self):
        self.url, self.secrets = None, []
        self.waiting, self.answers = [], []
        self.lock = threading.Condition()
        self.is_automatic, self.thread = False, None

    def register(self, url, *secrets):
        self.url, self.secrets = url, list(secrets)

    def take(self, event):
        with self.lock:
            self.waiting.append(event)
            self.lock.notify_all()

    def drop(self):
        """What was not sent yet is lost."""
        with self.lock:
            lost, self.waiting = self.waiting, []
        return lost

    def header(self, body, timestamp=None, secrets=None):
        moment = int(time.time()) if timestamp is None else timestamp
        signed = [stripe.WebhookSignature.generate_signature_header(body, s, timestamp=moment)
                  for s in secrets or self.secrets]
        return ",".join([signed[0], *(header.split(",")[1] for header in signed[1:])])

    def post(self, event, timestamp=None, secrets=None):
        """Sends one event now; every sending has a time and signature of its own."""
        body = json.dumps(event, indent=2)
        return requests.post(
            self.url, data=body.encode(), timeout=60, allow_redirects=False,
            headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0",
                     "Stripe-Signature": self.header(body, timestamp, secrets)})

    def flush(self, lose=lambda event: False, times=1, reverse=False, seconds_ago=0, secrets=None):
        """Sends what waits; what is not answered by 2xx goes on waiting. Returns the statuses by event type."""
        events = self.drop()
        statuses = []
        for event in reversed(events) if reverse else events:
            if lose(event):
                continue
            answers = [self.post(event, int(time.time()) - seconds_ago, secrets) for _ in range(times)]
            statuses += [(event["type"], answer.status_code) for answer in answers]
            if not any(200 <= answer.status_code < 300 for answer in answers):
                self.take(event)
        return statuses

    def go_automatic(self):
        """From now on events are sent as they come, as Stripe does."""
        self.is_automatic = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.waiting or not self.is_automatic)
                if not self.is_automatic:
                    return
                event = self.waiting.pop(0)
            try:
                self.answers.append((event["type"], self.post(event).status_code))
            except requests.RequestException:
                self.answers.append((event["type"], None))

    def stop(self):
        with self.lock:
            self.is_automatic = False
            self.lock.notify_all()
        if self.thread:
            self.thread.join()
            self.thread = None
