import type { Lang } from "../format/time";

/*
 * What the platform says itself (reasons, proofs, the titles in a template)
 * is in English. These are its sentences in Portuguese; one that is not here
 * is shown as it came, so nothing is ever hidden.
 */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/^waits for the repository's first commit$/, "aguarda o primeiro commit do repositório"],
  [/^waits for the catalog entry$/, "aguarda a entrada no catálogo"],
  [/^waits for the build$/, "aguarda o build"],
  [/^waits for the workflow run$/, "aguarda a execução do workflow"],
  [/^waits for the image$/, "aguarda a imagem"],
  [/^waits for deploy\/ to name the image$/, "aguarda que deploy/ aponte para a imagem"],
  [/^waits for the Application to be made$/, "aguarda a criação da Application"],
  [/^waits for the commit to be synced$/, "aguarda a sincronização do commit"],
  [/^waits for the workload$/, "aguarda a carga de trabalho"],
  [/^waits for the Ingress$/, "aguarda o Ingress"],
  [/^waits for the record in the zone$/, "aguarda o registro na zona"],
  [/^waits for the edge$/, "aguarda a borda"],
  [/^waits for the certificate$/, "aguarda o certificado"],
  [/^waits for a healthy target$/, "aguarda um destino saudável"],
  [/^waits for the phases before it$/, "aguarda as fases anteriores"],
  [/^waits for an answer$/, "aguarda uma resposta"],
  [/^waits for a good answer$/, "aguarda uma boa resposta"],
  [/^waits for the rollout$/, "aguarda a troca de versão"],
  [/^the workflow run is queued$/, "a execução do workflow está na fila"],
  [/^the workflow runs$/, "o workflow está em execução"],
  [/^the workload does not name the new image yet$/, "a carga de trabalho ainda não aponta para a nova imagem"],
  [/^the application is not public$/, "o aplicativo não é público"],
  [/^the commit asks for no build \(\[skip ci\]\)$/, "o commit pede que não haja build ([skip ci])"],
  [/^the edge has no rule for the host yet$/, "a borda ainda não tem regra para o endereço"],
  [/^the edge has no healthy target yet$/, "a borda ainda não tem destino saudável"],
  [/^runs (.+)$/, "executa $1"],
  [/^(\d+) of (\d+) pods are ready$/, "$1 de $2 pods prontos"],
  [/^step "(.+)" of job "(.+)" failed: exit code (\d+)$/, "a etapa “$1” do job “$2” falhou: código de saída $3"],
  [/^step "(.+)" of job "(.+)" failed$/, "a etapa “$1” do job “$2” falhou"],
  [/^job "(.+)" failed$/, "o job “$1” falhou"],
  [/^the sync failed: (.+)$/, "a sincronização falhou: $1"],
  [/^the application does not answer(?: any more)?: (.+)$/, "o aplicativo não responde: $1"],
  [/^the application answers (\d+)$/, "o aplicativo responde $1"],
  [/^no delivery of it goes on$/, "nenhuma entrega dele continua"],
  [/^the forge answers 404 for (.+)$/, "a forja responde 404 para $1"],
  [/^there is no Application (.+)$/, "não existe a Application $1"],
  [/^there is no namespace (.+)$/, "não existe o namespace $1"],
  [/^namespace (.+) is ending$/, "o namespace $1 está sendo encerrado"],
  [/^Application (.+) is being removed with what it made$/, "a Application $1 está sendo removida com o que criou"],
  [/^the registry lists no tag of (.+)$/, "o registry não lista nenhuma tag de $1"],
  [/^the catalog has no (.+)$/, "o catálogo não tem $1"],
  [/^it had no (?:public address|catalog entry)$/, "não havia"],
  [/^has (\d+) characters; use at most (\d+)$/, "tem $1 caracteres; use no máximo $2"],
  [/^(".+") has upper-case letters; use (".+")$/, "$1 tem letras maiúsculas; use $2"],
  [/^(".+") must begin with a letter, .+$/, "$1 deve começar com letra, ter só a-z, 0-9 e '-', e terminar com letra ou dígito"],
  [/^(".+") has '--'; use a single '-'$/, "$1 tem '--'; use um só '-'"],
  [/^(".+") is reserved for the platform; choose another$/, "$1 é reservado para a plataforma; escolha outro"],
  [/^(".+") is (?:already )?taken.*$/, "$1 já está em uso; escolha outro"],
  [/^The application$/, "O aplicativo"],
  [/^How it runs$/, "Como ele roda"],
  [/^Name$/, "Nome"],
  [/^Description$/, "Descrição"],
  [/^Owner$/, "Responsável"],
  [/^Architecture$/, "Arquitetura"],
  [/^Replicas$/, "Réplicas"],
  [/^Expose publicly$/, "Expor publicamente"],
  [/^Names the repository, the image, the namespace and the host\.$/, "Dá nome ao repositório, à imagem, ao namespace e ao endereço."],
  [/^The group that looks after it\.$/, "O grupo que cuida dele."],
  [/^Of the processors it runs on; those that the cluster has\.$/, "Dos processadores em que roda; os que o cluster tem."],
  [/^How many pods answer at the same time\.$/, "Quantos pods respondem ao mesmo tempo."],
  [/^Give it a host name and a certificate\.$/, "Dá a ele um endereço e um certificado."],
  [/^1 to 40 of a-z, 0-9 and -, beginning with a letter\.$/, "de 1 a 40 de a-z, 0-9 e -, começando com letra."],
  [/^What it does, in one sentence$/, "O que ele faz, em uma frase"],
  [/^Node\.js service$/, "Serviço Node.js"],
  [/^An HTTP service on Node\.js, live at its own address in seconds, .+$/, "Um serviço HTTP em Node.js, no ar em seu próprio endereço em segundos, com testes, imagem, manifestos e pipeline."],
  [/^Fetch the skeleton$/, "Buscar o esqueleto"],
  [/^Publish the repository$/, "Publicar o repositório"],
  [/^Register it in the catalog$/, "Registrar no catálogo"],
];

/** serverText is a sentence of the platform in the reader's language. */
export function serverText(lang: Lang, text: string): string {
  const said = text.replace(/^[a-z]+: (?=")|^name: /, "");
  if (lang === "en") {
    return said;
  }
  const found = phrases.find(([pattern]) => pattern.test(said));
  return found ? said.replace(found[0], found[1]) : said;
}
