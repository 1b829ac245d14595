// A short message centre for the tests, on the npm package `smpp`: another's reading of the protocol than ours.
//
// One process has all centres of a test's process: to start one takes longer than most tests. It reads lines of JSON, [number, behaviour]
// or [number] to end a centre, and prints [number, what] for everything that this centre hears: its port first, and null at its end.
// Behaviour:
//   slow_ms      wait before each answer          never      answer nothing       twice     answer everything twice
//   early        report before answering          reports    DELIVRD, UNDELIV... ; none: no report    busy  throttle so many
//   unknown      numbers that nobody has          drops      close the connection after so many parts
//   port         listen there: a centre that was gone and is back
//   hex          answer with an id in hexadecimal, from this number on, and report of it in decimal, filled up to ten figures
//   turned       with hex: the other way round
//   state        the field of a report for the state, beside the text        chatters  keep asking whether the link is there
//   drips        after the bind write a packet that never ends, sign by sign
//   odd          a report as some centres write it: payload, data_sm, spaces, torn, unexpected, no end, own word, fields alone
const smpp = require(process.argv[2]);
const ends = new Map();

function begin(number, how) {
  const unacknowledged = new Map();
  let byHandCount = 0, count = 0, busy = how.busy || 0, open = 0, most = 0;
  let isOver = false;
  const say = (what) => isOver || process.stdout.write(JSON.stringify([number, what]) + '\n');
  const sockets = new Set();

  const server = smpp.createServer((session) => {
    sockets.add(session.socket);
    session.on('error', () => {});
    session.on('bind_transceiver', (pdu) => {
      say({ bound: pdu.system_id });
      if (pdu.password !== how.password) return session.send(pdu.response({ command_status: 0x0e }));
      session.send(pdu.response({ system_id: 'centre' }));
      const often = (what) => { const timer = setInterval(what, 20); session.on('close', () => clearInterval(timer)); };
      if (how.chatters) often(() => session.enquire_link());
      if (how.drips) {
        session.socket.write(Buffer.from([0, 1, 0, 0]));
        often(() => session.socket.write(Buffer.from([0])));
      }
      [...unacknowledged, ...(how.on_bind || [])].forEach(([id, stat]) => report(id, stat));
    });
    const heard = (id) => (answer) => {
      unacknowledged.delete(id);
      say({ acknowledged: id, status: answer.command_status });
    };
    const field = (tag, value) => Buffer.concat([Buffer.from([tag >> 8, tag & 255, value.length >> 8, value.length & 255]), value]);
    const byHand = (fields, more, id) => {
      const number = 100000 + byHandCount++;
      const whole = Buffer.concat([new smpp.PDU('deliver_sm', { ...fields, sequence_number: number }).toBuffer(), more]);
      whole.writeUInt32BE(whole.length, 0);
      session.on('deliver_sm_resp', (answer) => { if (answer.sequence_number === number) heard(id)(answer); });
      session.socket.write(whole);
    };
    const report = (id, stat) => {
      unacknowledged.set(id, stat);
      const text = `id:${id} sub:001 dlvrd:001 submit date:1203020900 done date:1203020901 stat:${stat} err:000 text:`;
      const fields = { source_addr: '8613900000000', destination_addr: '10086', esm_class: 4, short_message: { message: text } };
      const state = field(0x0427, Buffer.from([2])), name = Buffer.from(id);
      if (how.odd === 'payload') Object.assign(fields, { short_message: '', message_payload: Buffer.from(text) });
      if (how.odd === 'spaces') fields.short_message.message = text.replace(/(id|stat):/g, '$1: ');
      if (how.odd === 'data_sm') return session.data_sm({ ...fields, short_message: undefined, message_payload: Buffer.from(text) }, heard(id));
      if (how.odd === 'own word') return byHand({ ...fields, short_message: { message: text.replace(stat, 'MK:0000') } }, Buffer.concat([field(0x001e, name), state]), id);
      if (how.odd === 'torn') return byHand(fields, Buffer.from([0]), id);
      if (how.odd === 'unexpected') return byHand(fields, field(0x0501, Buffer.from([1])), id);
      if (how.odd === 'no end') return byHand(fields, Buffer.concat([field(0x001e, name), state]), id);
      if (how.odd === 'fields alone') {
        return byHand({ ...fields, esm_class: 0, short_message: '' }, Buffer.concat([field(0x001e, name), state]), id);
      }
      if (how.tlv) Object.assign(fields, { receipted_message_id: id, message_state: stat === 'DELIVRD' ? 2 : 5, short_message: '' });
      if (how.state !== undefined) Object.assign(fields, { receipted_message_id: id, message_state: how.state });
      session.deliver_sm(fields, heard(id));
    };
    session.on('submit_sm', (pdu) => {
      count += 1;
      const number = (how.hex || 0) + count - 1, both = [number.toString(16).toUpperCase(), String(number).padStart(10, '0')];
      const [id, named] = !how.hex ? Array(2).fill(`centre-${how.name || ''}${count}`) : how.turned ? both.reverse() : both;
      open += 1; most = Math.max(most, open);
      const message = pdu.short_message.message;
      const udh = pdu.short_message.udh;
      say({ to: pdu.destination_addr, from: pdu.source_addr, ton: pdu.dest_addr_ton, coding: pdu.data_coding, esm: pdu.esm_class,
        text: Buffer.isBuffer(message) ? message.toString('latin1') : message,
        udh: udh ? udh.map((one) => one.toString('hex')) : null, registered: pdu.registered_delivery, most, at: Date.now() });
      if (how.never) return;
      if (how.drops && count >= how.drops) return session.close();
      const answer = () => {
        open -= 1;
        if ((how.unknown || []).includes(pdu.destination_addr)) return session.send(pdu.response({ command_status: 0x0b }));
        if (busy > 0) { busy -= 1; return session.send(pdu.response({ command_status: 0x58 })); }
        if (how.early) report(named, how.reports);
        for (let i = 0; i < (how.twice ? 2 : 1); i += 1) {
          session.send(pdu.response({ message_id: id }));
          if (how.reports && !how.early) report(named, how.reports);
        }
      };
      setTimeout(answer, how.slow_ms || 0);
    });
    session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
  });
  server.listen(how.port || 0, '127.0.0.1', () => say({ port: server.address().port }));
  ends.set(number, () => {
    server.close();
    sockets.forEach((one) => one.destroy());
    say(null);
    isOver = true;
  });
}

require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [number, how] = JSON.parse(line);
  if (how) return begin(number, how);
  ends.get(number)();
  ends.delete(number);
}).on('close', () => process.exit());
