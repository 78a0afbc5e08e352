import { appPt } from "./app.pt";
import type { Key } from "./en";
import { portalPt } from "./portal.pt";

/** As palavras em português do Brasil. */
export const pt: Record<Key, string> = {
  ...appPt,
  ...portalPt,

  "problem.what": "O que aconteceu",
  "problem.meaning": "O que isso significa",
  "problem.todo": "O que fazer",
  "problem.raw": "Detalhe bruto",
  "problem.again": "Tentar de novo",
  "problem.network": "O portal não respondeu.",
  "problem.networkMeaning": "Os aplicativos no ar continuam no ar; só esta página não pôde ser lida.",
  "problem.networkTodo": "Espere um momento e tente de novo. Se continuar, veja pronto status.",
  "problem.notFound": "Não foi encontrado.",
  "problem.notFoundMeaning": "Foi excluído, ou o endereço é outro.",
  "problem.notFoundTodo": "Vá à página inicial e abra a partir de lá.",
  "problem.forbidden": "Você não pode fazer isto.",
  "problem.forbiddenMeaning": "Nada foi mudado. Seu papel não permite.",
  "problem.forbiddenTodo": "Peça a quem administra o papel de que você precisa.",
  "problem.input": "O pedido não foi aceito.",
  "problem.inputMeaning": "Nada foi mudado.",
  "problem.inputTodo": "Mude o que a mensagem aponta e tente de novo.",
  "problem.server": "Algo falhou do lado da plataforma.",
  "problem.serverMeaning": "Os aplicativos no ar continuam no ar. O que você pediu pode não ter acontecido.",
  "problem.serverTodo": "Tente de novo. Se continuar, o log do portal diz por quê.",
  "page.notFound": "Esta página não existe",
  "page.notFoundText": "O endereço é outro, ou a página mudou de lugar.",
  "page.crash": "Não foi possível desenhar esta página.",

  "copy.copy": "Copiar {what}",
  "copy.copied": "Copiado",
  "loading": "Carregando",
  "newTab": "abre em nova aba",
};
