import type { MailColours } from '@stoa/core/notification/mail-colours';
import type { OutgoingMessage } from './message-channel.ts';

type Frame = { readonly base: string; readonly fromName: string; readonly colours: MailColours };

/** Of light mode, as the web app has them: mail programs know no variables. */
const ink = { text: '#112123', soft: '#3B4B4D', line: '#D3DBDC', page: '#F4F8F8' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);

/** The message as a page and as plain text, with the same words and the same link. Nothing is loaded from anywhere. */
export function renderEmail(message: OutgoingMessage, frame: Frame): { html: string; text: string } {
  return { html: htmlOf(message, frame), text: textOf(message, frame) };
}

const whyYou = 'You get this because of your standing in Stoa. What comes by e-mail, and when, is yours to set:';

function textOf({ subject, message, details, action }: OutgoingMessage, { base }: Frame): string {
  const width = Math.max(0, ...details.map(({ label }) => label.length));
  const facts = details.flatMap(({ label, value, url }) => [
    `${`${label}:`.padEnd(width + 2)}${value}`,
    ...(url === undefined ? [] : [' '.repeat(width + 2) + url]),
  ]);
  return [
    subject,
    '',
    message,
    ...(facts.length === 0 ? [] : ['', ...facts]),
    ...(action === null ? [] : ['', `${action.label}:`, action.url]),
    '',
    '-- ',
    whyYou,
    `${base}/me/notifications`,
    '',
  ].join('\n');
}

function htmlOf({ subject, message, details, action }: OutgoingMessage, { base, fromName, colours }: Frame): string {
  const rows = details
    .map(
      ({ label, value, url }) =>
        `<tr><th scope="row" align="left" style="padding:7px 16px 7px 0;border-top:1px solid ${ink.line};font-weight:400;color:${ink.soft};white-space:nowrap;vertical-align:top">${escape(label)}</th>` +
        `<td style="padding:7px 0;border-top:1px solid ${ink.line};vertical-align:top">${url === undefined ? escape(value) : `<a href="${escape(url)}" style="color:${colours.link}">${escape(value)}</a>`}</td></tr>`,
    )
    .join('');
  const facts =
    rows === ''
      ? ''
      : `<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%;margin:0 0 24px;font-size:14px;line-height:20px">${rows}</table>`;
  const link =
    action === null
      ? ''
      : `<p style="margin:0 0 24px"><a href="${escape(action.url)}" style="display:inline-block;background:${colours.brand};color:${colours.onBrand};text-decoration:none;font-weight:600;padding:10px 18px;border-radius:2px">${escape(action.label)}</a></p>` +
        `<p style="margin:0 0 24px;font-size:12px;line-height:18px;color:${ink.soft};word-break:break-all">${escape(action.url)}</p>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${escape(subject)}</title></head>
<body style="margin:0;background:${ink.page};color:${ink.text};font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:15px;line-height:22px">
<table role="presentation" cellpadding="0" cellspacing="0" width="100%"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="max-width:600px;background:#FFFFFF;border:1px solid ${ink.line}">
<tr><td style="padding:14px 28px;border-top:4px solid ${colours.brand};border-bottom:1px solid ${ink.line}"><span style="font-weight:700;letter-spacing:.01em;color:${colours.link}">${escape(fromName)}</span></td></tr>
<tr><td style="padding:28px">
<h1 style="margin:0 0 12px;font-size:22px;line-height:28px;font-weight:700;border-left:4px solid ${colours.accent};padding-left:12px">${escape(subject)}</h1>
<p style="margin:0 0 24px">${escape(message)}</p>
${facts}${link}<p style="margin:0;padding-top:16px;border-top:1px solid ${ink.line};font-size:12px;line-height:18px;color:${ink.soft}">${whyYou} <a href="${escape(base)}/me/notifications" style="color:${colours.link}">notification settings</a>. Opening a link decides nothing.</p>
</td></tr></table>
</td></tr></table>
</body></html>`;
}
