/** What the words around a path say in other languages than English: that it comes to be, goes, or is not there. */

const word = (list: string): string => `(?:^|[^\\p{L}])(?:${list})`;

/** Languages with spaces: stems of verbs and the words for `new`, in the order German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Ukrainian, Turkish. */
const MAKING = word(
  'erstell\\p{L}*|anleg\\p{L}*|(?:an)?gelegt|lege[nt]?|hinzu\\p{L}*|füge[nt]?|ergänz\\p{L}*|umbenenn\\p{L}*|umbenannt|benenne[nt]?|lösch\\p{L}*|gelöscht|entfern\\p{L}*|verschieb\\p{L}*|verschoben|schreib\\p{L}*|geschrieben|speicher\\p{L}*|gespeichert|generier\\p{L}*|erzeug\\p{L}*|neue[nmrs]?'
  + '|cré(?:er|e[zs]?|ée?s?|ons|era|erai|ation)|ajout\\p{L}*|nouve(?:au|l|lle)x?|renomm\\p{L}*|supprim\\p{L}*|déplac\\p{L}*|écri(?:re|s|t|vez|vons)|enregistr\\p{L}*|génér\\p{L}*'
  + '|cre(?:ar|ará|aré|a|as|e|é|o|emos|amos|ando|ado|are|iamo|ato|ata|erò)|nuev[oa]s?|añad\\p{L}*|agreg\\p{L}*|renombr\\p{L}*|elimin(?:a|ar|e|é|ado|amos|o|ato|are|iamo)|borr(?:ar|a|e|é)|muev\\p{L}*|mover|escrib\\p{L}*|guard(?:a|ar|e|é)|gener(?:a|ar|é|amos|ado)'
  + '|cri(?:ar|e|ei|amos|ado|ando|arei)|nov[oa]s?|adicion\\p{L}*|renome\\p{L}*|exclu(?:a|ir|í|ído)|remov(?:a|er|i|eu|ido)|salv(?:a|ar|e|o|ou)|nuov[oai]|aggiung\\p{L}*|rinomin\\p{L}*|spost\\p{L}*|scriv\\p{L}*'
  + '|aanmaken|maak|nieuwe?|verwijder\\p{L}*|utw[oó]rz\\p{L}*|stw[oó]rz\\p{L}*|dodaj\\p{L}*|dodan\\p{L}*|now(?:y|ego|ym|ą)|usu[nń]\\p{L}*|zapisz\\p{L}*'
  + '|созда\\p{L}*|добав\\p{L}*|нов(?:ый|ого|ом|ая|ую|ые)|переимен\\p{L}*|удал\\p{L}*|перемест\\p{L}*|запи(?:ш|с)\\p{L}*|сохран\\p{L}*|сгенерир\\p{L}*|створ\\p{L}*|дода(?:й|є|м|в)\\p{L}*|нов(?:ий|ого)|oluştur\\p{L}*|ekle\\p{L}*|yeni',
);
const DENYING = word(
  'kein\\p{L}*|nicht|fehl(?:t|en|ende)|gibt es|existiert|aucun|manque\\p{L}*|n[’\']existe|no existe|falta|não existe|non esiste|manca|geen|brak\\p{L}*|nie istnieje|нет|отсутств\\p{L}*|не существует|yok',
);
/** Chinese, Japanese, Korean: no spaces, so anywhere. */
const DENSE = '创建|新建|新增|添加|生成|写入|保存|重命名|删除|移除|移动到|建立|創建|刪除|移動|作成|新規|追加|書き込|削除|リネーム|생성|만들|추가|새 파일|새로운|저장|삭제|이동';
const DENSE_DENYING = '不存在|没有|缺少|沒有|存在しま?せん|存在しない|ありません|見つかりません|존재하지|없습니다|없는';

const STOP = /[.!?;。！？；\n]/u;
const BEFORE = new RegExp(`${MAKING}(?=[^\\p{L}]|$)|${DENYING}(?=[^\\p{L}]|$)|${DENSE}|${DENSE_DENYING}`, 'giu');
/** Straight before the path: a place where something is looked at or put, which itself is there. */
const PLACE = /(?:^|[^\p{L}])(?:in|im|aus|von|unter|siehe|dans|depuis|de|voir|en|desde|em|da|do|nel|nella|dal|w|z|в|из|от|у)(?:\s+(?:de[rmns]?|die|das|la|le|les|el|il|lo|datei|fichier|archivo|arquivo|file|pliku|файле?а?))*[\s`"'*([_«„“]*$|(?:在|于|於|从)\s*[`"'「『]*$/iu;
const AFTER = new RegExp(
  `^[\`"'*_)\\]」』”»]*(?:[^.!?。！？\\n]{0,24}(?:${DENSE}|${DENSE_DENYING})|\\s+(?:neu an|(?:wird|werden|wurde|muss|soll|sollte|kann)\\s[^.\\n]{0,16}(?:erstellt|angelegt|erzeugt|gelöscht|entfernt)|existiert (?:noch )?nicht|gibt es nicht|fehlt|hinzu\\b`
  + `|(?:n[’']existe|n[’']est) pas|no existe|não existe|non esiste|nie istnieje|не существует|отсутствует|будет создан|dosyasını oluştur|adlı yeni))`,
  'iu',
);
/** How near a verb must be to what it makes. */
const REACH = 28;

/**
 * Whether the words around a path say that it is made, unmade or absent.
 * @param own what stands before it in its sentence
 * @param after the rest of its line
 * @returns `plain` in so many words, `near` somewhere in the sentence
 */
export function tongueIntent(own: string, after: string): 'none' | 'near' | 'plain' {
  if (AFTER.test(after)) return 'plain';
  const stop = lastStop(own);
  const sentence = own.slice(stop);
  BEFORE.lastIndex = 0;
  let end = -1;
  for (let match = BEFORE.exec(sentence); match !== null; match = BEFORE.exec(sentence)) end = match.index + match[0].length;
  if (end < 0 || PLACE.test(sentence)) return 'none';
  return sentence.length - end <= REACH ? 'plain' : 'near';
}

function lastStop(text: string): number {
  for (let at = text.length - 1; at > 0; at -= 1) if (STOP.test(text[at] as string) && (text.charCodeAt(at) > 127 || text[at + 1] === ' ')) return at + 1;
  return 0;
}
