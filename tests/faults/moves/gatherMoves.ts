import { keyFiles } from '@delta/local/home';
import { createEnvelope } from '@delta/runtime/crypto/envelope';
import { openMasterKeys } from '@delta/runtime/crypto/masterKeys';
import type { SuiteName } from '@delta/runtime/crypto/types';
import type { DrillOwner } from '../exchange/owner.js';
import type { DrillZone } from '../exchange/zone.js';
import type { MemberRow, MovesRows, TransferRow } from './movesInvariants.js';

interface StoredMember {
  readonly memberId: string; readonly held: boolean; readonly version: number; readonly movedTo: string | null; readonly told: object;
  readonly idNumber: Buffer | null; readonly phone: Buffer | null; readonly wrapped: Buffer; readonly keyVersion: string; readonly suite: SuiteName;
}

const isProvince = ({ name }: DrillOwner): boolean => name !== 'zone';

/** Every member's row at every province, with what is sealed opened by that province's own master key. */
export async function gatherMembers({ home, owners }: DrillZone): Promise<MemberRow[]> {
  return (await Promise.all([...owners.values()].filter(isProvince).map(async (owner): Promise<MemberRow[]> => {
    const envelope = createEnvelope(openMasterKeys(keyFiles(home).master(owner.name), () => undefined));
    const rows = await owner.rows<StoredMember>(`select id as "memberId", shredded_at is null as held, ownership_version as version, moved_to as "movedTo",
      json_build_array(name, gender, joined_on, probationary, affiliation, external_home_text, external_home_division, blind_index) as told,
      id_number as "idNumber", phone, data_key as wrapped, key_version as "keyVersion", crypto_suite as suite from member`);
    return rows.map(({ memberId, held, version, movedTo, told, idNumber, phone, wrapped, keyVersion, suite }) => {
      const open = (field: 'idNumber' | 'phone', sealed: Buffer | null): string | null => (sealed === null ? null : envelope.open(memberId, { suite, version: keyVersion, bytes: wrapped }, field, sealed));
      return { owner: owner.name, memberId, held, version, movedTo, record: held ? JSON.stringify([told, open('idNumber', idNumber), open('phone', phone)]) : null };
    });
  }))).flat();
}

/** All that is held against what is known of the walks. */
export async function gatherMoves(zone: DrillZone): Promise<MovesRows> {
  const owners = [...zone.owners.values()];
  const everywhere = async <Row>(among: readonly DrillOwner[], sql: string): Promise<(Row & { owner: string })[]> =>
    (await Promise.all(among.map(async (owner) => (await owner.rows<Row>(sql)).map((row) => ({ ...row, owner: owner.name }))))).flat();
  const provinces = owners.filter(isProvince);
  const [members, directory, transfers, audit, claims] = await Promise.all([
    gatherMembers(zone),
    zone.owners.get('zone')!.rows<MovesRows['directory'][number]>('select member_id as "memberId", province, ownership_version as version from directory_entry'),
    everywhere<Omit<TransferRow, 'owner'>>(provinces, 'select id, member_id as "memberId", version, peer, state from ownership_transfer'),
    everywhere<Omit<MovesRows['audit'][number], 'owner'>>(provinces, "select reference as \"transferId\", reason from audit_entry where kind = 'TRANSFER'"),
    everywhere<Omit<MovesRows['claims'][number], 'owner'>>(owners, 'select member_id as "memberId" from duplicate_claim'),
  ]);
  return { members, directory, transfers, audit, claims };
}
