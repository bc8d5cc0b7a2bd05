// What a script adds to pages that work without one: local times, copying, a look at what is typed, dialogs over the page.
(() => {
  'use strict';

  const zone = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

  const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

  function refine(root) {
    each(root, 'time[datetime]:not([title])', time => {
      const at = new Date(time.dateTime);
      if (isNaN(at)) return;
      time.title = time.textContent.includes('UTC') ? time.textContent : at.toISOString();
      time.textContent = (time.textContent.includes(':') ? zone : day).format(at);
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
