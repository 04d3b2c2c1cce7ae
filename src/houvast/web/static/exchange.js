// Sends a file piece by piece (tus 1.0), and goes on where it stopped. Without it the form sends small files at once.
(function () {
  const form = document.getElementById('send-form')
  if (!form) return
  const PIECE = 4 * 1024 * 1024
  const field = form.querySelector('input[type=file]')
  const bar = document.getElementById('send-progress')
  const said = document.getElementById('send-said')
  const words = said.dataset
  const tus = { 'Tus-Resumable': '1.0.0' }
  document.getElementById('send-small').hidden = true
  const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000))
  const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)))
  const say = (text) => { said.textContent = text }

  async function begin (file) {
    const answer = await fetch(form.dataset.files, {
      method: 'POST', headers: { ...tus, 'Upload-Length': file.size, 'Upload-Metadata': 'filename ' + encoded(file.name) }
    })
    if (answer.status !== 201) throw new Error(await answer.text())
    return answer.headers.get('Location')
  }

  async function offset (place) {
    const answer = await fetch(place, { method: 'HEAD', headers: tus })
    return answer.ok ? Number(answer.headers.get('Upload-Offset')) : -1
  }

  async function send (file) {
    const mark = 'exchange ' + [form.dataset.files, file.name, file.size, file.lastModified].join(' ')
    let place = sessionStorage.getItem(mark)
    let at = place ? await offset(place) : -1
    if (at < 0) { place = await begin(file); at = 0; sessionStorage.setItem(mark, place) }
    bar.hidden = false
    bar.max = file.size
    let tries = 0
    while (at < file.size) {
      bar.value = at
      say(words.sending.replace('{part}', Math.floor(at * 100 / file.size)))
      let answer
      try {
        answer = await fetch(place, {
          method: 'PATCH', body: file.slice(at, at + PIECE),
          headers: { ...tus, 'Upload-Offset': at, 'Content-Type': 'application/offset+octet-stream' }
        })
      } catch { answer = null }
      if (answer && answer.status === 204) { at = Number(answer.headers.get('Upload-Offset')); tries = 0; continue }
      if (answer && [403, 404, 410].includes(answer.status)) { sessionStorage.removeItem(mark); throw new Error(await answer.text()) }
      if (++tries > 20) throw new Error(words.stopped)
      say(words.again)
      await wait(Math.min(tries, 10))
      const there = await offset(place).catch(() => at)
      if (there >= 0) at = there
    }
    sessionStorage.removeItem(mark)
  }

  form.addEventListener('submit', async function (event) {
    event.preventDefault()
    const button = form.querySelector('button')
    if (!field.files.length) return
    button.disabled = true
    try {
      for (const file of field.files) await send(file)
      location.reload()
    } catch (error) {
      say(error.message || words.stopped)
      button.disabled = false
    }
  })
})()
