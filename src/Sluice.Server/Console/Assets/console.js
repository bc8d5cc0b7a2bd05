// What a script adds to pages that work without one: local times, copying, a look at what is typed, dialogs over the page.
(() => {
  'use strict';

  // Times come in the zone of the profile. Where it names none, or the server has no data of it, they are put into a zone here.
  const named = document.body.dataset.zone;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const form = (options, timeZone) => new Intl.DateTimeFormat(undefined, { ...options, timeZone });
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 };
  const moment = { dateStyle: 'medium', timeStyle: 'short' };
  const forms = (() => {
    try {
      return { moment: form(moment, named), day: form({ dateStyle: 'medium' }, named), clock: form(clock, named) };
    } catch {
      return {}; // A zone that this browser does not know either: times stay as they came.
    }
  })();
  const here = named && named !== own ? form(moment, own) : null;

  const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

  function refine(root) {
    each(root, 'time[data-shown]', time => {
      const as = forms[time.dataset.shown];
      time.removeAttribute('data-shown');
      if (as) time.textContent = as.format(new Date(time.dateTime));
    });
    if (here) each(root, 'time[title]:not([data-here])', time => {
      time.dataset.here = own;
      time.title += `\n${here.format(new Date(time.dateTime))}, ${own} (your browser)`;
    });
    each(root, '[data-browser-zone][hidden]', button => {
      if (own === named || !own) return;
      button.value = own;
      button.textContent = button.dataset.browserZone.replace('%', own);
      button.hidden = false;
    });
    each(root, '.scripted[hidden]', element => { element.hidden = false; });
  }

  async function copy(button) {
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector('span');
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      label.textContent = 'Copied';
    } catch {
      if (source.select) source.select(); else getSelection().selectAllChildren(source);
      label.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => { label.textContent = 'Copy'; }, 2500);
  }

  function show(button) {
    const input = document.getElementById(button.dataset.show);
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', shown);
    button.querySelector('span').textContent = shown ? 'Hide' : 'Show';
  }

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-copy], [data-show], dialog [data-close]');
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else if (button.dataset.show) show(button);
    else {
      event.preventDefault();
      button.closest('dialog').close();
    }
  });

  // What is made is shown once, so that a second click while the first is on its way must make nothing.
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches('[data-once]')) return;
    if (form.dataset.once) event.preventDefault();
    form.dataset.once = 'sent';
  });
  addEventListener('pageshow', () => each(document, '[data-once]', form => { form.dataset.once = ''; }));

  // A name that has a value already: the warning, and the box to tick, come as soon as it is typed.
  document.addEventListener('input', event => {
    each(document, `[data-replaces-name="${event.target.id}"]`, warning => {
      const taken = warning.dataset.replaces.split(' ').includes(event.target.value.trim());
      warning.hidden = !taken;
      warning.querySelector('.replaced').textContent = event.target.value.trim();
      const box = warning.querySelector('input');
      box.required = taken;
      if (!taken) box.checked = false;
    });
  });

  // What a person has opened stays open when the page renews itself.
  if (window.htmx) htmx.config.morphIgnore.push('open');

  // An answer that has not what was asked for is a page that says why: the session is over, or the thing is gone. A click leads to that
  // page; what renews itself stays as it is, unless the way to sign in is shown instead.
  document.addEventListener('htmx:after:request', event => {
    const { select, text, response, sourceElement } = event.detail.ctx;
    if (!select || new DOMParser().parseFromString(text, 'text/html').querySelector(select)) return;
    event.preventDefault();
    if (sourceElement.matches('a[href]')) location.assign(sourceElement.href);
    else if (response.raw.redirected) location.reload();
  });

  // What has renewed itself came with the server's times.
  document.addEventListener('htmx:after:swap', () => refine(document));

  const dialog = document.getElementById('dialog');
  if (dialog) {
    // Whatever htmx puts into the dialog opens it; what it closes is gone, and with it what was typed.
    new MutationObserver(() => {
      if (!dialog.querySelector('[data-dialog]') || dialog.open) return;
      const title = dialog.querySelector('h1');
      if (title) dialog.setAttribute('aria-label', title.textContent);
      dialog.showModal();
      dialog.querySelector('[autofocus]')?.focus();
    }).observe(dialog, { childList: true });
    dialog.addEventListener('close', () => dialog.replaceChildren());
    dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
  }

  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => {
    if (node.nodeType === 1) refine(node.parentElement ?? node);
  }))).observe(document.body, { childList: true, subtree: true });
  refine(document);
})();
