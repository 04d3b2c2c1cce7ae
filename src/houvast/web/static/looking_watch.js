// The one who was named looks along: a picture comes in, and nothing goes back.
(function () {
  const us = window.looking
  if (!us) return
  const video = document.getElementById('looking-video')
  let link = null
  let asked = us.words.state === 'asked' || us.words.state === 'accepted'
  let first = true

  function dark (text) {
    if (link) link.close()
    link = null
    video.srcObject = null
    video.hidden = true
    us.say(text || '')
  }

  async function answer (sdp) {
    if (link) link.close()
    const mine = link = us.make()
    mine.addEventListener('track', (event) => { video.srcObject = new MediaStream([event.track]); video.hidden = false; us.say(us.words.running) })
    mine.addEventListener('connectionstatechange', () => {
      if (link === mine && mine.connectionState === 'failed') { dark(us.words.far); asked = false }
    })
    await mine.setRemoteDescription({ type: 'offer', sdp })
    await mine.setLocalDescription()
    await us.gathered(mine)
    if (link === mine) await us.ask('answer', mine.localDescription.sdp)
  }

  async function tell (found) {
    const offers = first && !asked ? [] : found.signals  // what was offered to this page before it was opened anew is of no use
    if (found.state === 'ended') { dark(); return location.reload() }
    if (found.state !== 'running') {
      return found.state === 'paused' ? dark(us.words.paused) : us.say(us.words[found.state])
    }
    first = false
    if (offers.length) await answer(offers[offers.length - 1].body)
    else if (!link && !asked) { asked = true; await us.ask('ready') }
  }

  us.poll(tell, () => dark(us.words.lost))
})()
