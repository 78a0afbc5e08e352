// Runs inside goja after nunjucks. Everything crosses the border as JSON text,
// so a template never holds an object of the host.
'use strict';
var render = (function (global) {
  var maxRange = 10000;
  var nodes = nunjucks.nodes;
  var maxKept = 8 << 20;
  var compiled = new Map();

  function inputError(message) {
    var error = new Error(message);
    error.name = 'InputError';
    return error;
  }

  function parseRepoUrl(value) {
    var match = /^([^/?#]+)\/?(?:\?([^#]*))?$/.exec(String(value));
    if (!match) throw inputError('Invalid repo URL passed to publisher, got ' + value);
    if (global.hosts.indexOf(match[1]) < 0) {
      throw inputError('No matching integration configuration for host ' + match[1] + ', please check your integrations config');
    }
    var query = {};
    (match[2] || '').split('&').forEach(function (pair) {
      var at = pair.indexOf('=');
      if (at > 0) query[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, ' ')).replace(/^\/+|\/+$/g, '');
    });
    ['owner', 'repo'].forEach(function (name) {
      if (!query[name]) throw inputError('Invalid repo URL passed to publisher: ' + value + ', missing ' + name);
    });
    return {
      host: match[1], owner: query.owner, repo: query.repo,
      organization: query.organization, workspace: query.workspace, project: query.project,
    };
  }

  function parseEntityRef(ref, context) {
    context = context || {};
    if (ref !== null && typeof ref === 'object') {
      if (!ref.kind && !context.defaultKind) throw inputError('Entity reference ' + JSON.stringify(ref) + ' had missing or empty kind (e.g. did not start with "component:" or similar)');
      return { kind: ref.kind || context.defaultKind, namespace: ref.namespace || context.defaultNamespace || 'default', name: ref.name };
    }
    var match = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/.exec(String(ref).trim());
    if (!match) throw inputError('Entity reference "' + ref + '" was not on the form [<kind>:][<namespace>/]<name>');
    var kind = match[1] || context.defaultKind;
    if (!kind) throw inputError('Entity reference "' + ref + '" had missing or empty kind (e.g. did not start with "component:" or similar)');
    return { kind: kind, namespace: match[2] || context.defaultNamespace || 'default', name: match[3] };
  }

  function pick(value, path) {
    return String(path).replace(/\[(\w+)\]/g, function (_, key) { return '.' + key; }).split('.').reduce(function (found, key) {
      return found === undefined || found === null || !guard.has(Object(found), key) ? undefined : found[key];
    }, value);
  }

  function dump(value, spaces) { return JSON.stringify(guard.measure(value), null, spaces); }

  function range(start, stop, step) {
    if (stop === undefined) { stop = start; start = 0; }
    step = step || 1;
    if (Math.abs((stop - start) / step) > maxRange) guard.limit('range() of more than ' + maxRange + ' items');
    var items = [];
    for (var i = start; step > 0 ? i < stop : i > stop; i += step) items.push(i);
    return items;
  }

  function environment(options) {
    var tags = options.cookiecutterCompat ? { variableStart: '{{', variableEnd: '}}' } : { variableStart: '${{', variableEnd: '}}' };
    var env = new nunjucks.Environment([], {
      autoescape: false, tags: tags, trimBlocks: !!options.trimBlocks, lstripBlocks: !!options.lstripBlocks,
    });
    env.addFilter('parseRepoUrl', parseRepoUrl);
    env.addFilter('projectSlug', function (url) { var r = parseRepoUrl(url); return r.owner + '/' + r.repo; });
    env.addFilter('parseEntityRef', parseEntityRef);
    env.addFilter('pick', pick);
    env.addFilter('dump', dump);
    if (options.cookiecutterCompat) env.addFilter('jsonify', dump);
    env.addGlobal('range', range);
    ['range', 'cycler', 'joiner'].forEach(function (name) { Object.freeze(env.globals[name]); });
    Object.freeze(env.globals);
    return env;
  }

  var environments = Object.create(null);
  var kept = 0; // characters of the templates in compiled
  function compile(source, options) {
    var mode = JSON.stringify(options || {});
    var key = mode + source;
    var template = compiled.get(key);
    if (!template) {
      environments[mode] = environments[mode] || environment(options || {});
      template = new nunjucks.Template(source, environments[mode], undefined, true);
      if ((kept += key.length) > maxKept || compiled.size >= 2000) {
        compiled.clear();
        kept = key.length;
      }
      compiled.set(key, template);
    }
    return template;
  }

  function text(source, context, options) {
    return compile(source, options).render(context);
  }

  // unknown words a filter or test that nobody has.
  function unknown(error) {
    var found = /(filter|test) not found: (\S+)/.exec(error.message);
    return found ? 'Unknown template ' + found[1] + ' "' + found[2] + '"' : '';
  }

  // clear throws what a template may not swallow.
  function clear(error) {
    if (guard.stopped()) throw guard.stopped();
    if (unknown(error)) throw inputError(unknown(error));
  }

  // A string that is one expression and nothing else keeps the type of its value.
  function single(source) {
    var tree = nunjucks.parser.parse(source, [], { tags: { variableStart: '${{', variableEnd: '}}' } });
    if (tree.children.length !== 1) return false;
    var inner = tree.children[0].children;
    return !(inner && inner[0] instanceof nodes.TemplateData);
  }

  function string(source, context) {
    if (source.indexOf('${{') < 0 && source.indexOf('{%') < 0 && source.indexOf('{#') < 0) return source === '' ? undefined : source;
    try {
      if (single(source)) {
        var json = text(source.replace(/\$\{\{([\s\S]+)\}\}/g, function (_, expression) { return '${{ ( ' + expression + ' ) | dump }}'; }), context);
        return json === '' ? undefined : JSON.parse(json);
      }
    } catch (error) {
      clear(error); // else it is no expression by itself after all: render it as text
    }
    try {
      var rendered = text(source, context);
      return rendered === '' ? undefined : rendered;
    } catch (error) {
      clear(error);
      return source;
    }
  }

  function value(node, context) {
    if (typeof node === 'string') return string(node, context);
    if (Array.isArray(node)) return node.map(function (item) { return value(item, context); });
    if (node === null || typeof node !== 'object') return node;
    var result = {};
    Object.keys(node).forEach(function (key) {
      var rendered = value(node[key], context);
      if (rendered !== undefined) Object.defineProperty(result, key, { value: rendered, enumerable: true, configurable: true, writable: true });
    });
    return result;
  }

  // plain says where in the file a fault is and leaves out where in the engine.
  function plain(message) {
    var place = /\[Line (\d+), Column (\d+)\]/.exec(message);
    var said = message.replace(/^(Template render error: )?\(unknown path\)( \[[^\]]*\])?/, '').replace(/^\s*((Template render )?[Ee]rror: )*/, '');
    return (place ? 'line ' + place[1] + ', column ' + place[2] + ': ' : '') + said;
  }

  function file(item, context, options) {
    try {
      var result = { path: text(item.path, context, options) };
      if (item.content !== undefined) result.content = text(item.content, context, options);
      return result;
    } catch (error) {
      if (guard.stopped()) throw guard.stopped();
      throw inputError(item.path + ': ' + (unknown(error) || plain(error.message)));
    }
  }

  guard.seal();
  return {
    value: function (source, context) {
      guard.begin();
      return JSON.stringify({ value: value(JSON.parse(source), JSON.parse(context)) });
    },
    warm: function (source, options) {
      guard.begin();
      var chosen = JSON.parse(options);
      JSON.parse(source).forEach(function (item) {
        compile(item.path, chosen);
        if (item.content !== undefined) compile(item.content, chosen);
      });
      return 'null';
    },
    files: function (source, context, options) {
      guard.begin();
      var parsed = JSON.parse(context);
      var chosen = JSON.parse(options);
      return JSON.stringify(JSON.parse(source).map(function (item) { return file(item, parsed, chosen); }));
    },
  };
})(this);
