// Runs inside goja after nunjucks. Everything crosses the border as JSON text,
// so a template never holds an object of the host.
'use strict';
var render = (function (global) {
  var maxItems = 10000;
  var nodes = nunjucks.nodes;
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
    var match = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/.exec(String(ref).trim());
    if (!match) throw inputError('Entity reference "' + ref + '" was not on the form [<kind>:][<namespace>/]<name>');
    var kind = match[1] || context.defaultKind;
    if (!kind) throw inputError('Entity reference "' + ref + '" had missing or empty kind (e.g. did not start with "component:" or similar)');
    return { kind: kind, namespace: match[2] || context.defaultNamespace || 'default', name: match[3] };
  }

  function pick(value, path) {
    return String(path).split('.').reduce(function (found, key) {
      return found === undefined || found === null ? undefined : found[key];
    }, value);
  }

  function range(start, stop, step) {
    if (stop === undefined) { stop = start; start = 0; }
    step = step || 1;
    if (Math.abs((stop - start) / step) > maxItems) throw inputError('range() of more than ' + maxItems + ' items');
    var items = [];
    for (var i = start; step > 0 ? i < stop : i > stop; i += step) items.push(i);
    return items;
  }

  function environment(options) {
    var env = new nunjucks.Environment([], Object.assign({
      autoescape: false, tags: { variableStart: '${{', variableEnd: '}}' },
    }, options));
    env.addFilter('parseRepoUrl', parseRepoUrl);
    env.addFilter('projectSlug', function (url) { var r = parseRepoUrl(url); return r.owner + '/' + r.repo; });
    env.addFilter('parseEntityRef', parseEntityRef);
    env.addFilter('pick', pick);
    env.addGlobal('range', range);
    return env;
  }

  var environments = {};
  function compile(source, options) {
    var mode = JSON.stringify(options || {});
    var key = mode + source;
    var template = compiled.get(key);
    if (!template) {
      environments[mode] = environments[mode] || environment(options);
      template = new nunjucks.Template(source, environments[mode], undefined, true);
      if (compiled.size >= 1000) compiled.clear();
      compiled.set(key, template);
    }
    return template;
  }

  function text(source, context, options) {
    return compile(source, options).render(context);
  }

  // A string that is one expression and nothing else keeps the type of its value.
  var sole = /^\$\{\{([\s\S]+)\}\}$/;
  function soleExpression(source) {
    var match = sole.exec(source);
    if (!match) return undefined;
    var tree = nunjucks.parser.parse(source, [], { tags: { variableStart: '${{', variableEnd: '}}' } });
    return tree.children.length === 1 && tree.children[0] instanceof nodes.Output ? match[1] : undefined;
  }

  function string(source, context) {
    if (source.indexOf('${{') < 0 && source.indexOf('{%') < 0 && source.indexOf('{#') < 0) return source;
    try {
      var expression = soleExpression(source);
      if (expression !== undefined) {
        var json = text('${{ ( ' + expression + ' ) | dump }}', context);
        return json === '' ? undefined : JSON.parse(json);
      }
    } catch (error) {
      // not an expression by itself after all: render it as text
    }
    try {
      var rendered = text(source, context);
      return rendered === '' ? undefined : rendered;
    } catch (error) {
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
      if (rendered !== undefined) result[key] = rendered;
    });
    return result;
  }

  function file(item, context, options) {
    try {
      var result = { path: text(item.path, context, options) };
      if (item.content !== undefined) result.content = text(item.content, context, options);
      return result;
    } catch (error) {
      throw inputError(item.path + ': ' + error.message);
    }
  }

  return {
    value: function (source, context) {
      return JSON.stringify({ value: value(JSON.parse(source), JSON.parse(context)) });
    },
    warm: function (source, options) {
      var chosen = JSON.parse(options);
      JSON.parse(source).forEach(function (item) {
        compile(item.path, chosen);
        if (item.content !== undefined) compile(item.content, chosen);
      });
      return 'null';
    },
    files: function (source, context, options) {
      var parsed = JSON.parse(context);
      var chosen = JSON.parse(options);
      return JSON.stringify(JSON.parse(source).map(function (item) { return file(item, parsed, chosen); }));
    },
  };
})(this);
