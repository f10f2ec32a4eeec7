// A file can be dropped on the page; without this, it is chosen in the field. Sent once. What a
// good file shows of a person leaves the screen after a while.
const CLEAR_AFTER = 30000; // ms

const at = (id) => document.getElementById(id);
const [form, zone, file, working] = ['handed', 'dropzone', 'file', 'working'].map(at);

if (document.querySelector('[data-clears]')) {
  setTimeout(() => location.replace(location.pathname), CLEAR_AFTER);
}

function takeFiles() {
  at('drop-hint').hidden = !matchMedia('(hover: hover)').matches;
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle('over', name === 'dragover');
    });
  }
  document.addEventListener('drop', ({ dataTransfer }) => {
    if (dataTransfer.files.length !== 1) return;
    file.files = dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    if (working.textContent) return void event.preventDefault(); // once is enough
    if (file.files.length) working.textContent = working.dataset.working;
  });
  addEventListener('pageshow', () => { working.textContent = ''; }); // back from a verdict
}

if (form) takeFiles();
