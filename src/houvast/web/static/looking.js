// What both pages of looking together share: asking us how it stands, and waiting until a browser knows its own addresses.
window.looking = (function () {
  const root = document.getElementById('looking')
  if (!root) return null
  const LOST = 10
  const token = document.querySelector('input[name=csrfmiddlewaretoken]')
  const said = document.getElementById('looking-said')
  const ice = JSON.parse(document.getElementById('ice').textContent)
  let seen = 0
  let lost = 0

  function ask (what, body) {
    const data = new URLSearchParams({ do: what, body: body || '' })
    return fetch(root.dataset.now, { method: 'POST', body: data, headers: token ? { 'X-CSRFToken': token.value } : {} })
  }

  // Once a second; after ten seconds without an answer it counts as lost, and so does a refusal.
  async function poll (tell, gone) {
    let found = null
    try {
      const answer = await fetch(root.dataset.now + '?after=' + seen)
      if (answer.status === 403 || answer.status === 404 || answer.redirected) return gone()
      if (answer.ok) found = await answer.json()
    } catch { }
    lost = found ? 0 : lost + 1
    if (lost >= LOST) return gone()
    if (found) {
      for (const one of found.signals) seen = Math.max(seen, one.id)
      await tell(found)
      if (found.state === 'ended') return
    }
    setTimeout(() => poll(tell, gone), 1000)
  }

  // With addresses of its own only, or those of the servers in our settings: no other is asked.
  function gathered (link) {
    return new Promise((done) => {
      if (link.iceGatheringState === 'complete') return done()
      link.addEventListener('icegatheringstatechange', () => { if (link.iceGatheringState === 'complete') done() })
      setTimeout(done, 4000)
    })
  }

  return { root, words: root.dataset, ask, poll, gathered, make: () => new RTCPeerConnection({ iceServers: ice }), say: (text) => { said.textContent = text } }
})()
