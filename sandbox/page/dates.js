// Times as people read them: in the time zone of the person who looks, by the sandbox's clock.

const formats = new Map();

function parts(epoch, tz, options) {
  const key = `${tz} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: tz, ...options }));
  return formats.get(key).format(new Date(epoch * 1000));
}

export const time = (epoch, tz) => parts(epoch, tz, { hour: "2-digit", minute: "2-digit" });
export const longDay = (epoch, tz) => parts(epoch, tz, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
export const shortDay = (epoch, tz) => parts(epoch, tz, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
export const zoneName = (epoch, tz) => parts(epoch, tz, { timeZoneName: "short" }).split(" ").pop();

/** 2026-11-24 in that zone. */
export function isoDay(epoch, tz) {
  const [day, month, year] = parts(epoch, tz, { day: "2-digit", month: "2-digit", year: "numeric" }).split("/");
  return `${year}-${month}-${day}`;
}

/** Seconds since 1970 of a wall clock time such as 2026-11-24T09:00 in a zone. A time that a change skips moves on. */
export function fromWallClock(text, tz) {
  const wanted = Date.parse(`${text}Z`) / 1000;
  let epoch = wanted;
  for (let round = 0; round < 3; round += 1) epoch += wanted - Date.parse(`${wallClock(epoch, tz)}Z`) / 1000;
  return epoch;
}

export const wallClock = (epoch, tz) => `${isoDay(epoch, tz)}T${time(epoch, tz)}`;

/** Nine in the morning of the next Monday to Friday in that zone. */
export function nextWorkingMorning(now, tz) {
  for (let days = 0; ; days += 1) {
    const day = isoDay(now + days * 86400, tz);
    const weekday = new Date(`${day}T12:00Z`).getUTCDay();
    const morning = fromWallClock(`${day}T09:00`, tz);
    if (weekday !== 0 && weekday !== 6 && morning > now) return morning;
  }
}

function near(epoch, now, tz) {
  const day = isoDay(epoch, tz);
  return ["today", "yesterday", "tomorrow"][[0, -1, 1].findIndex((offset) => isoDay(now + offset * 86400, tz) === day)];
}

export function dayLabel(epoch, now, tz) {
  const word = near(epoch, now, tz);
  return word ? word[0].toUpperCase() + word.slice(1) : longDay(epoch, tz);
}

function ago(epoch, now) {
  const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  const seconds = epoch - now;
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

/** A Slack date format such as "{date_short_pretty} at {time}", filled in. */
export function fill(format, epoch, now, tz) {
  const short = { day: "numeric", month: "short", year: "numeric" };
  const long = { day: "numeric", month: "long", year: "numeric" };
  const words = {
    date_num: () => isoDay(epoch, tz),
    date_slash: () => isoDay(epoch, tz).split("-").reverse().join("/"),
    date: () => parts(epoch, tz, long),
    date_short: () => parts(epoch, tz, short),
    date_long: () => longDay(epoch, tz),
    date_pretty: () => near(epoch, now, tz) ?? parts(epoch, tz, long),
    date_short_pretty: () => near(epoch, now, tz) ?? parts(epoch, tz, short),
    date_long_pretty: () => near(epoch, now, tz) ?? longDay(epoch, tz),
    day_divider_pretty: () => near(epoch, now, tz) ?? longDay(epoch, tz),
    time: () => time(epoch, tz),
    time_secs: () => parts(epoch, tz, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    ago: () => ago(epoch, now),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => words[name]?.() ?? whole);
}
