// Runs inside goja after nunjucks and before engine.js. It keeps templates from
// the machine's own objects, so that one rendering leaves no trace for the next,
// and bounds what a single built-in call may make: the watch of time and memory
// in engine.go can stop a script only between two of its instructions.
'use strict';
var guard = (function (global) {
  var maxText = 16 << 20;
  var maxItems = 1000000;
  var maxDepth = 200;
  var runtime = nunjucks.runtime;
  var has = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
  var stopped;

  function limit(what) {
    stopped = new Error(what);
    stopped.name = 'LimitError';
    throw stopped;
  }

  function tooLong() { limit('it makes a text of more than ' + (maxText >> 20) + ' MiB'); }

  function bounded(text) {
    if (typeof text === 'string' && text.length > maxText) tooLong();
    return text;
  }

  // measure walks what is about to be written as JSON: a list that holds itself
  // twice, again and again, is small in memory and endless on paper.
  function measure(value) {
    var items = 0;
    var size = 0;
    (function walk(node, depth) {
      if (depth > maxDepth) limit('its values nest more than ' + maxDepth + ' deep');
      if (++items > maxItems) limit('it makes more than ' + maxItems + ' values');
      if (typeof node === 'string') {
        if ((size += node.length) > maxText) tooLong();
      } else if (Array.isArray(node)) {
        for (var i = 0; i < node.length; i++) walk(node[i], depth + 1);
      } else if (node !== null && typeof node === 'object') {
        Object.keys(node).forEach(function (key) { size += key.length; walk(node[key], depth + 1); });
      }
    })(value, 0);
    return value;
  }

  // What leads from a value to the machine: a template sees such a name only
  // where its own data has it.
  var hidden = Object.create(null);
  ['constructor', 'prototype', '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__',
    'caller', 'callee', 'arguments'].forEach(function (name) { hidden[name] = true; });

  function member(object, name) {
    if (object === undefined || object === null) return undefined;
    var key = String(name);
    if (hidden[key] && !(typeof object === 'object' && has(object, key))) return undefined;
    var found = object[key];
    if (typeof found !== 'function') return found;
    return function () { return found.apply(object, arguments); };
  }

  runtime.memberLookup = member;
  runtime.contextOrFrameLookup = function (context, frame, name) {
    var found = frame.lookup(name);
    if (found !== undefined) return found;
    if (has(context.ctx, name)) return context.ctx[name];
    return has(context.env.globals, name) ? context.env.globals[name] : undefined;
  };

  // The compiler copies names into its code as they stand.
  var plainName = /^[\w$\u0080-\u2027\u202a-\uffff]+$/;
  var tokens = Object.getPrototypeOf(nunjucks.lexer.lex(''));
  var nextToken = tokens.nextToken;
  tokens.nextToken = function () {
    var token = nextToken.call(this);
    if (token && token.type === nunjucks.lexer.TOKEN_SYMBOL && !plainName.test(token.value)) {
      throw new Error('unexpected ' + JSON.stringify(token.value));
    }
    if (token && token.type === nunjucks.lexer.TOKEN_REGEX && /[\r\n\u2028\u2029]/.test(token.value.body)) {
      throw new Error('a regular expression must stand on one line');
    }
    return token;
  };

  // + and ~ add texts within bounds.
  runtime.sum = function (a, b) {
    if (typeof a === 'string' && typeof b === 'string' && a.length + b.length > maxText) tooLong();
    return bounded(a + b);
  };
  function sum(middle) {
    return function (node, frame) {
      this.codebuf.push('runtime.sum(');
      this.compile(node.left, frame);
      this.codebuf.push(middle);
      this.compile(node.right, frame);
      this.codebuf.push(')');
    };
  }
  var compiler = nunjucks.compiler.Compiler.prototype;
  compiler.compileAdd = sum(',');
  compiler.compileConcat = sum(' + "",');

  function patch(prototype, name, check) {
    var original = prototype[name];
    Object.defineProperty(prototype, name, { configurable: true, writable: true, value: function () {
      check.apply(this, arguments);
      return original.apply(this, arguments);
    } });
  }

  function occurrences(text, sought, all) {
    if (sought instanceof RegExp) {
      if (!sought.global) return 1;
      var found = text.match(sought);
      return found ? found.length : 0;
    }
    if (!all) return 1;
    sought = String(sought);
    if (sought === '') return text.length + 1;
    var count = 0;
    for (var at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) count++;
    return count;
  }

  function checkReplace(all) {
    return function (sought, replacement) {
      if (typeof replacement === 'function' || replacement === undefined) return;
      var text = String(this);
      var by = String(replacement);
      var each = by.length + (by.split('$').length - 1) * text.length;
      if (text.length + (text.length + 1) * each <= maxText) return; // however often it is found
      if (text.length + occurrences(text, sought, all) * each > maxText) tooLong();
    };
  }

  patch(String.prototype, 'repeat', function (times) { if (this.length * times > maxText) tooLong(); });
  patch(String.prototype, 'padStart', function (width) { if (width > maxText) tooLong(); });
  patch(String.prototype, 'padEnd', function (width) { if (width > maxText) tooLong(); });
  patch(String.prototype, 'normalize', function () { if (this.length * 18 > maxText) tooLong(); });
  patch(String.prototype, 'concat', function () {
    var size = this.length;
    for (var i = 0; i < arguments.length; i++) if ((size += String(arguments[i]).length) > maxText) tooLong();
  });
  patch(String.prototype, 'split', function () { if (this.length > maxItems) limit('it splits a text of more than ' + maxItems + ' characters'); });
  patch(String.prototype, 'replace', checkReplace(false));
  patch(String.prototype, 'replaceAll', checkReplace(true));

  // A list becomes a text by join, also where nobody calls it by that name.
  var depth = 0;
  var join = Array.prototype.join;
  Object.defineProperty(Array.prototype, 'join', { configurable: true, writable: true, value: function (separator) {
    separator = separator === undefined ? ',' : String(separator);
    var size = this.length * separator.length;
    var parts = [];
    depth++;
    if (depth > maxDepth) limit('its values nest more than ' + maxDepth + ' deep');
    for (var i = 0; i < this.length; i++) {
      parts[i] = this[i] === undefined || this[i] === null ? '' : String(this[i]);
      if ((size += parts[i].length) > maxText) tooLong();
    }
    depth--;
    return join.call(parts, separator);
  } });
  patch(Array.prototype, 'concat', function () {
    var items = this.length;
    for (var i = 0; i < arguments.length; i++) {
      if ((items += Array.isArray(arguments[i]) ? arguments[i].length : 1) > maxItems) limit('it makes a list of more than ' + maxItems + ' items');
    }
  });
  ['flat', 'flatMap', 'fill', 'copyWithin'].forEach(function (name) { delete Array.prototype[name]; });

  // Nothing that a template needs.
  ['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array',
    'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Proxy', 'Reflect', 'Promise',
    'WeakMap', 'WeakSet', 'WeakRef', 'eval'].forEach(function (name) { delete global[name]; });

  return {
    has: has,
    measure: measure,
    limit: limit,
    begin: function () { stopped = undefined; depth = 0; },
    stopped: function () { return stopped; },
    seal: function () {
      Object.defineProperty(Function.prototype, 'constructor', { value: undefined });
      [Object, Array, String, Number, Boolean, Function, RegExp, Date, Map, Set, Symbol].forEach(function (type) {
        Object.freeze(type.prototype);
        Object.freeze(type);
      });
      Object.freeze(JSON);
      Object.freeze(Math);
      Object.freeze(runtime);
    },
  };
})(this);
