import { describe, expect, it } from "vitest";
import { en } from "./en";
import { serverText } from "./server";
import { dictionaries, preferred, translate, type Key } from "./translate";

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the dictionaries", () => {
  it.each(["en", "pt"] as const)("%s has every key, with words", (lang) => {
    expect(Object.keys(dictionaries[lang]).sort()).toEqual(Object.keys(en).sort());
    expect(Object.entries(dictionaries[lang]).filter(([, words]) => words.trim() === "")).toEqual([]);
  });
  it.each(Object.keys(en) as Key[])("%s has the same placeholders in both", (key) => {
    expect(placeholders(dictionaries.pt[key])).toEqual(placeholders(dictionaries.en[key]));
  });
  it("never shout or say oops", () => {
    const all = Object.values(dictionaries).flatMap((dictionary) => Object.values(dictionary));
    expect(all.filter((words) => /!|oops|ops,/i.test(words))).toEqual([]);
  });
});

describe("translate", () => {
  it("fills in values", () => expect(translate("pt", "app.liveIn", { time: "7,9 s" })).toBe("no ar em 7,9 s"));
});

describe("the language", () => {
  it.each([
    [["pt-BR", "en"], "pt"],
    [["de", "en-US"], "en"],
    [["fr"], "en"],
    [["pt"], "pt"],
  ] as const)("of a browser that wants %s is %s", (wanted, lang) => expect(preferred(wanted)).toBe(lang));
});

describe("what the platform says", () => {
  it.each([
    ["waits for the build", "aguarda o build"],
    ["1 of 2 pods are ready", "1 de 2 pods prontos"],
    ['step "Test" of job "build" failed: exit code 1', "a etapa “Test” do job “build” falhou: código de saída 1"],
    ['name: "a" is taken; choose another', '"a" já está em uso; escolha outro'],
    ["the application answers 503; the old version is still live", "o aplicativo responde 503; a versão anterior continua no ar"],
    ["the rollout exceeded its progress deadline: the container web crashes (exit code 1, 3 restarts); see its log", "a troca de versão passou do prazo: o contêiner web está caindo (código de saída 1, 3 reinícios); veja o log dele"],
    ["the application does not answer any more: no answer within 3s", "o aplicativo não responde: nenhuma resposta em 3s"],
    ['path: has the part ".."; give the path without it', "tem a parte “..”; informe o caminho sem ela"],
    ["the container web crashes (exit code 1, 3 restarts); see its log; the old version is still live", "o contêiner web está caindo (código de saída 1, 3 reinícios); veja o log dele; a versão anterior continua no ar"],
    ["no node has room for the pod: 0/1 nodes; the old version is still live", "nenhum nó tem espaço para o pod: 0/1 nodes; a versão anterior continua no ar"],
    ["something new; the old version is still live", "something new; a versão anterior continua no ar"],
    ["something new", "something new"],
  ])("%s is %s in Portuguese", (said, words) => expect(serverText("pt", said)).toBe(words));
  it("loses only the field's name in English", () => expect(serverText("en", "name: has 41 characters; use at most 40")).toBe("has 41 characters; use at most 40"));
});
