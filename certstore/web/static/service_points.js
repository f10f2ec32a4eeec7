// Sorts the service points by distance from where the phone says it is. The position stays in
// this page: nothing is sent, nothing is kept.
const EARTH_M = 6371008.8;
const near = document.getElementById('near');
const list = document.getElementById('points');
const status = near.querySelector('[role=status]');
const rad = (degrees) => (degrees * Math.PI) / 180;

function metres(a, b) {
  const lat = rad(b.latitude - a.latitude) / 2;
  const lon = rad(b.longitude - a.longitude) / 2;
  const h = Math.sin(lat) ** 2
    + Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude)) * Math.sin(lon) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(Math.min(1, h)));
}

function said(distance) {
  if (distance < 950) return near.dataset.m.replace('{n}', String(Math.round(distance / 50) * 50));
  return near.dataset.km.replace('{n}', (distance / 1000).toFixed(distance < 9950 ? 1 : 0));
}

function sort(position) {
  const here = position.coords;
  const points = [...list.querySelectorAll('li[data-latitude]')].map((item) => {
    const there = { latitude: +item.dataset.latitude, longitude: +item.dataset.longitude };
    return { item, distance: metres(here, there) };
  });
  points.sort((a, b) => a.distance - b.distance);
  const rows = document.createElement('ul');
  rows.className = 'card flush rows';
  for (const { item, distance } of points) {
    item.querySelector('[data-distance]').textContent = said(distance);
    rows.append(item);
  }
  list.replaceChildren(rows);
  status.textContent = near.dataset.sorted;
}

if (navigator.geolocation) {
  near.hidden = false;
  near.querySelector('button').addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(
      sort,
      () => { status.textContent = near.dataset.failed; },
      { maximumAge: 60000, timeout: 10000 },
    );
  });
}
