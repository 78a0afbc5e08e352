// Reads as much of HTML as the tests need.

const empty = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const rawText = /<(script|style)\b([^>]*)>[\s\S]*?<\/\1>/gi;
const tag = /<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;

// bare is the text without comments and without what is in scripts and styles.
function bare(html) {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(rawText, '<$1$2></$1>');
}

// unbalanced names the tags that are opened and not closed, or the other way
// round, in the order in which they are found.
export function unbalanced(html) {
  const open = [];
  const wrong = [];
  for (const [, closes, name, attributes] of bare(html).matchAll(tag)) {
    const element = name.toLowerCase();
    if (empty.has(element) || attributes.endsWith('/')) continue;
    if (!closes) open.push(element);
    else if (open.at(-1) === element) open.pop();
    else wrong.push(`</${element}>`);
  }
  return [...wrong, ...open.map((element) => `<${element}>`)];
}

// links are what the page refers to.
export function links(html) {
  const found = [];
  for (const [, , , attributes] of bare(html).matchAll(tag)) {
    for (const [, , double, single] of attributes.matchAll(/\s(href|src|poster|action)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
      found.push(double ?? single);
    }
  }
  return found;
}
