// A browser gives passkeys to scripts alone: this asks for one, and sends what it gives with the form. What to ask stands in the page.
(function () {
  const form = document.getElementById('passkey')
  const problem = document.getElementById('passkey-problem')
  if (!form) return
  const bytes = function (text) {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), function (one) { return one.charCodeAt(0) })
  }
  const text = function (buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  }
  form.addEventListener('submit', function (event) {
    if (form.elements.client.value) return
    event.preventDefault()
    const asked = JSON.parse(document.getElementById('asked').textContent)
    const common = { challenge: bytes(asked.challenge), timeout: 300000 }
    const listed = (asked.known || []).map(function (one) { return { type: 'public-key', id: bytes(one) } })
    const given = asked.handle
      ? navigator.credentials.create({ publicKey: Object.assign(common, {
          rp: { id: asked.host, name: asked.name },
          user: { id: bytes(asked.handle), name: asked.name, displayName: asked.name },
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
          excludeCredentials: listed, attestation: 'none',
          authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' } }) })
      : navigator.credentials.get({ publicKey: Object.assign(common, { rpId: asked.host, userVerification: 'required' }) })
    given.then(function (found) {
      const said = found.response
      form.elements.client.value = text(said.clientDataJSON)
      form.elements.authenticator.value = text(said.authenticatorData || said.getAuthenticatorData())
      if (!asked.handle) {
        form.elements.credential.value = text(found.rawId)
        form.elements.signature.value = text(said.signature)
      }
      form.submit()
    }).catch(function () { problem.hidden = false; problem.focus() })
  })
})()
