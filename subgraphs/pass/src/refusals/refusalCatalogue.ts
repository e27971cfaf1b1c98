/** One entry a refusal: its number in the profile, what was wrong, and what a clerk does next, each in Chinese too. */
export interface RefusalEntry {
  readonly number: number;
  readonly message: string;
  readonly zh: string;
  readonly clerk: string;
  readonly clerkZh: string;
}

const forged = { clerk: 'Do not admit; note the station and the time and tell the province\'s pass office.', clerkZh: '不予准入；记下站点和时间，报告本省发证机构。' };
const renew = { clerk: 'Ask the member to open the pass again online and show the new code; otherwise check the identity document by hand.', clerkZh: '请党员联网后重新打开活动证，出示新码；否则人工核对身份证件。' };
const rescan = { clerk: 'Scan again, the whole code; if it fails again, let the member open the pass anew.', clerkZh: '请完整地重新扫描；仍不成功时，请党员重新打开活动证。' };
const scannerAdds = { clerk: ' A scanner that puts a space or a line break beside the code must be set to put none.', clerkZh: '扫码枪若在码前后添加空格或换行，须关闭该设置。' };
const list = { clerk: 'Connect the station and let it fetch the lists; if that fails, tell the province\'s pass office.', clerkZh: '将站点联网并更新名单；仍不成功时，报告本省发证机构。' };
const again = { clerk: 'Ask the member to show the code that the phone shows now, and scan that.', clerkZh: '请党员出示手机当前显示的码，重新扫描。' };

/**
 * The closed set of refusals. Codes and numbers are stable: rename none, reuse none. 1 to 50 are the profile's own list; those
 * from 51 are what a verifier also has to say for the list to be whole.
 */
export const refusalCatalogue = {
  // Algorithms and keys
  ALG_NONE: { number: 1, message: 'The code names no signature algorithm.', zh: '活动证未声明签名算法', ...forged },
  ALG_NOT_PINNED: { number: 2, message: 'The code names another algorithm than its key is pinned to.', zh: '签名算法与密钥规定不符', ...forged },
  ALG_HMAC: { number: 3, message: 'The code names a shared-secret algorithm.', zh: '活动证使用了对称密钥算法', ...forged },
  KEY_EMBEDDED: { number: 4, message: 'The code brings a key or a certificate of its own.', zh: '活动证自带密钥或证书', ...forged },
  KID_UNKNOWN: { number: 5, message: 'No key of the trust list has this id.', zh: '信任名单中没有该密钥', ...list },
  KID_MALFORMED: { number: 6, message: 'The key id is not eight bytes.', zh: '密钥编号格式错误', ...forged },
  KID_UNPROTECTED: { number: 7, message: 'The key id stands outside of what is signed.', zh: '密钥编号未受签名保护', ...forged },
  ISSUER_MISMATCH: { number: 8, message: 'The key belongs to another issuer than the code names.', zh: '签发省份与密钥不符', ...forged },
  KEY_USE: { number: 9, message: 'The key may not sign this kind of thing.', zh: '该密钥无权签发此类内容', ...forged },
  KEY_RETIRED: { number: 10, message: 'The key was retired before this was signed.', zh: '签发密钥已停用', ...renew },
  KEY_COMPROMISED: { number: 11, message: 'The key is compromised, and this pass is not among those known to be issued.', zh: '签发密钥已泄露，且该证不在已签发名单内', ...renew },
  // Times
  EXPIRED: { number: 12, message: 'The pass has expired.', zh: '活动证已过期', ...renew },
  NOT_YET_VALID: { number: 13, message: 'The pass is not valid yet.', zh: '活动证尚未生效', clerk: 'Check the station\'s clock; the pass becomes valid at the time shown.', clerkZh: '请核对站点时钟；活动证自所示时间起生效。' },
  TIMES_IN_MILLISECONDS: { number: 14, message: 'The times are in milliseconds; the profile has seconds.', zh: '时间单位应为秒而非毫秒', ...forged },
  EXPIRY_BEFORE_START: { number: 15, message: 'The pass expires before it begins.', zh: '失效时间早于生效时间', ...forged },
  LIFE_EXCESSIVE: { number: 16, message: 'The pass or list is valid for longer than the profile allows.', zh: '有效期超过规定上限', ...forged },
  // Status
  REVOKED: { number: 17, message: 'The pass was revoked.', zh: '活动证已吊销', ...renew },
  SUSPENDED: { number: 18, message: 'The pass is suspended.', zh: '活动证已暂停使用', clerk: 'Ask the member to call the home branch; do not admit with this pass.', clerkZh: '请党员联系所在党支部；不得凭此证准入。' },
  STATUS_INDEX_RANGE: { number: 19, message: 'The pass has a place beyond the end of the status list.', zh: '状态序号超出名单范围', ...list },
  STATUS_LIST_FOREIGN: { number: 20, message: 'The status list is about another province\'s or another key\'s passes.', zh: '状态名单属于其他签发方', ...list },
  STATUS_LIST_STALE: { number: 21, message: 'The status list is more than 72 hours old.', zh: '状态名单已超过 72 小时未更新', ...list },
  STATUS_LIST_ROLLED_BACK: { number: 22, message: 'The status list is older than one seen before.', zh: '状态名单版本倒退', ...list },
  TRUST_LIST_ROLLED_BACK: { number: 23, message: 'The trust list is older than one seen before, or another under the same number.', zh: '信任名单版本倒退', ...list },
  // Form
  CRITICAL_HEADER: { number: 24, message: 'The code demands that the reader understand a header that the profile lacks.', zh: '包含无法识别的关键头参数', ...forged },
  OVERSIZED: { number: 25, message: 'It is larger than the profile allows.', zh: '数据超过规定大小', ...rescan },
  TRUNCATED: { number: 26, message: 'The end is missing.', zh: '数据不完整', ...rescan },
  TRAILING_BYTES: { number: 27, message: 'Something follows after the end.', zh: '数据末尾有多余字节', ...rescan },
  PREFIX: { number: 28, message: 'This is no activity pass.', zh: '不是电子活动证', clerk: `Ask for the activity pass; another code was scanned.${scannerAdds.clerk}`, clerkZh: `扫描的是其他码，请出示电子活动证。${scannerAdds.clerkZh}` },
  BASE45_CHARACTER: { number: 29, message: 'A character is none of base45.', zh: '含有 base45 以外的字符', clerk: `${rescan.clerk}${scannerAdds.clerk}`, clerkZh: `${rescan.clerkZh}${scannerAdds.clerkZh}` },
  BASE45_OVERFLOW: { number: 30, message: 'Three characters stand for more than two bytes can hold.', zh: 'base45 数值溢出', ...rescan },
  BASE45_LENGTH: { number: 31, message: 'One character is left over.', zh: 'base45 长度错误', ...rescan },
  DUPLICATE_KEY: { number: 32, message: 'A map has the same key twice.', zh: '映射中键重复', ...forged },
  NOT_DETERMINISTIC: { number: 33, message: 'The CBOR is not in its one deterministic form.', zh: 'CBOR 编码不规范', ...forged },
  TAG_UNKNOWN: { number: 34, message: 'A CBOR tag is none of the profile.', zh: '含有未知 CBOR 标签', ...forged },
  INVALID_UTF8: { number: 35, message: 'A text is not UTF-8.', zh: '文本不是有效的 UTF-8', ...forged },
  TOO_DEEP: { number: 36, message: 'It is nested more deeply than the profile allows.', zh: '嵌套层数过多', ...forged },
  SIGNATURE_DER: { number: 37, message: 'The signature is in DER; the profile has r and s of 32 bytes each.', zh: '签名采用了 DER 编码', ...forged },
  SIGNATURE_HIGH_S: { number: 38, message: 'The signature has the higher of its two possible values s.', zh: '签名 s 值不是规范的低值', ...forged },
  SIGNATURE_RANGE: { number: 39, message: 'A number of the signature is zero or not below the group\'s order.', zh: '签名数值超出范围', ...forged },
  HOLDER_KEY_OFF_CURVE: { number: 40, message: 'The holder\'s key is no point of the curve.', zh: '持证人公钥不在曲线上', ...forged },
  // Proof
  PROOF_STEP: { number: 41, message: 'The proof was made too long ago or ahead of time.', zh: '动态码已过期或时间超前', ...again },
  PROOF_REPLAYED: { number: 42, message: 'This proof was shown here before.', zh: '动态码已被使用', ...again },
  PROOF_OTHER_PASS: { number: 43, message: 'The proof was not made by this pass\'s phone for this pass.', zh: '动态码与活动证不匹配', ...again },
  PROOF_ELSEWHERE: { number: 44, message: 'The proof was made for another station, activity or challenge.', zh: '动态码用于其他站点、活动或挑战码', clerk: 'Show this station\'s challenge code again and scan the phone\'s answer to it.', clerkZh: '请再次出示本站点的挑战码，并扫描手机对它的应答。' },
  PHONE_WITHOUT_PROOF: { number: 45, message: 'A phone\'s pass came without the phone\'s proof.', zh: '手机活动证缺少动态证明', clerk: 'A picture or a copy is no pass: ask the member to open the pass on the phone itself.', clerkZh: '截图或复印件不是活动证：请党员在本人手机上打开活动证。' },
  PAPER_AS_PHONE: { number: 46, message: 'A paper pass is shown as a phone\'s, or the other way round.', zh: '纸质证冒充手机证', ...forged },
  // Station
  STATION_CLOCK: { number: 47, message: 'The station\'s clock is off by more than 90 seconds or was set back.', zh: '站点时钟偏差超过 90 秒或被回拨', clerk: 'Connect the station so that it learns the time; admit nobody by the code until then.', clerkZh: '请将站点联网校时；校时前不得凭码准入。' },
  SECOND_USE: { number: 48, message: 'The pass was used here for this already.', zh: '活动证已在本活动使用', clerk: 'The attendance is counted already; for a paper pass, check whose it is.', clerkZh: '已计入参加记录；若为纸质证，请核对持证人。' },
  DECOMPRESSION_BOMB: { number: 49, message: 'It unpacks to more than the profile allows.', zh: '解压后数据过大', ...list },
  STATION_RECORD_FORGED: { number: 50, message: 'The record was not signed by the station that it names.', zh: '站点记录签名无效', clerk: 'Keep the record apart and tell the province\'s pass office which station it names.', clerkZh: '请单独保存该记录，并向本省发证机构报告其所称站点。' },
  // What completes the list
  SIGNATURE_INVALID: { number: 51, message: 'The signature does not verify.', zh: '签名无效', ...forged },
  MALFORMED: { number: 52, message: 'The parts are not those of the profile.', zh: '内容结构不符合规范', ...rescan },
  KEY_NOT_YET_VALID: { number: 53, message: 'The key was not in use yet when this was signed.', zh: '签发密钥尚未启用', ...forged },
  TRUST_LIST_SIGNATURES: { number: 54, message: 'Fewer than two of the provincial roots signed the trust list.', zh: '信任名单签名不足两方', ...list },
  TRUST_LIST_EXPIRED: { number: 55, message: 'The trust list has expired.', zh: '信任名单已过期', ...list },
  STATUS_LIST_MISSING: { number: 56, message: 'The station has no status list for this key.', zh: '缺少该密钥的状态名单', ...list },
  CHALLENGE_REQUIRED: { number: 57, message: 'This activity takes answers to the station\'s challenge only.', zh: '该活动须使用站点挑战码', clerk: 'Show the station\'s challenge code and scan the phone\'s answer.', clerkZh: '请出示站点挑战码，并扫描手机的应答。' },
  PAPER_NOT_ALLOWED: { number: 58, message: 'This activity takes no paper passes.', zh: '该活动不接受纸质证', clerk: 'Check the member with the organiser by hand.', clerkZh: '请与活动主办方人工核对该党员。' },
  COMPRESSION: { number: 59, message: 'The compressed part cannot be unpacked.', zh: '压缩数据损坏', ...list },
} as const satisfies Record<string, RefusalEntry>;

export type RefusalCode = keyof typeof refusalCatalogue;
