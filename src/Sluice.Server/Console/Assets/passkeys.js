// Passkeys: what a browser asks an authenticator, and what the server answers to it. A form without a script cannot do that.
(() => {
  'use strict';

  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON || !navigator.credentials) return;

  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  each('[data-passkey-able]', element => { element.hidden = false; });
  each('[data-passkey-unable]', element => { element.hidden = true; });

  async function send(path, body) {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body ?? {}),
      credentials: 'same-origin',
    });
    const said = await answer.json();
    if (answer.ok) return said;
    const mistakes = (said.mistakes ?? []).map(mistake => mistake.message).join(', ');
    throw new Error(mistakes ? `${said.detail} (${mistakes})` : said.detail);
  }

  // What an authenticator has against it, in words of ours; what the server has is a sentence already.
  function reason(error) {
    if (error.name === 'InvalidStateError') return 'This device has a passkey of yours already.';
    if (error.name === 'NotAllowedError') return 'Nothing was done: it was cancelled, or took too long.';
    if (error.name === 'SecurityError') return 'This page is not at the address that passkeys of this server are for.';
    return error.message || 'The server could not be reached; try again.';
  }

  async function doing(button, act) {
    const said = document.getElementById('passkey-said');
    said.hidden = true;
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      said.hidden = false;
      said.textContent = reason(error);
    } finally {
      button.disabled = false;
    }
  }

  async function signIn(form) {
    const { options } = await send('/api/v1/auth/login/passkey/begin');
    const credential = await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
    });
    const organisation = form.elements.org_id.value.trim();
    await send('/api/v1/auth/login/passkey', {
      credential: credential.toJSON(),
      ...(organisation && { org_id: organisation }),
    });
    location.assign(form.elements.next.value);
  }

  async function add(form) {
    const field = name => form.elements[name]?.value ?? '';
    const proof = { password: field('password'), ...(field('code') && { code: field('code') }) };
    const { options } = await send('/api/v1/auth/passkeys/begin', proof);
    const credential = await navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
    });
    await send('/api/v1/auth/passkeys', { name: field('name'), credential: credential.toJSON() });
    location.assign(form.dataset.then);
  }

  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-passkey="sign-in"]');
    if (button) doing(button, () => signIn(document.getElementById('sign-in')));
  });

  document.addEventListener('submit', event => {
    const form = event.target.closest('form[data-passkey="add"]');
    if (!form) return;
    event.preventDefault();
    doing(form.querySelector('button'), () => add(form));
  });
})();
