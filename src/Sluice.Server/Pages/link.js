// The code of a link stands behind its #, which browsers send to nobody: here it goes into the form, and out of the address.
const field = document.getElementById("code");
if (field && /^#[\w-]{43}$/.test(location.hash)) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
