// The one script of these pages: a browser gives passkeys to scripts alone. What to do stands in the page.
(function () {
  const what = document.querySelector('[data-passkey]')
  if (!what) return
  const ids = JSON.parse(what.textContent)
  const problem = document.getElementById('passkey-problem')
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    if (problem) { problem.hidden = false; problem.focus() }
  })
  window.allauth.webauthn.forms[what.dataset.passkey]({ ids })
  document.getElementById(ids.add || ids.login || ids.authenticate).disabled = false // until now nobody would have listened
})()
