"""The control API: what the workspace's page, the tests' driver and the demo's bot use to see and move the sandbox.

Everything lives under `/control` on loopback. Requests whose `Host` is not loopback, or whose `Origin` is another site, get 403.
POST bodies are JSON objects with `Content-Type: application/json` (so no foreign form can send them); `{}` where nothing is needed.
Answers are `{"ok": true, ...}`; a refusal is status 4xx with `{"ok": false, "error": "a sentence for people"}`.
`{user}` is a user's id or handle (`U…` or `lena`); `channel` is an id or a name without `#`; `ts` is Slack's text timestamp.

World
  GET  /control/world        {team: {id, name, domain}, app: App, clock: Clock, users: [User], teams: [{id, name}]}
         App   {id, name, bot_id, bot_user, commands: [{command, description, usage_hint}], home: bool, scopes: [..],
                shortcuts: [{callback_id, name, description, type: "message"|"global"}], connections: n, transport: "socket"|"http"}
         User  {id, name, real_name, display_name, title, email, tz, tz_label, tz_offset, team_id, is_bot, deleted,
                is_restricted, is_ultra_restricted, is_stranger, is_admin, color}
         Clock {now: ISO 8601 UTC, epoch: seconds, offset_seconds}
  GET  /control/clock        Clock
  POST /control/clock        {advance_seconds: n} or {to: ISO 8601 with zone}; only forwards unless {"back": true}. -> Clock
  GET  /control/live         WebSocket. First {seq, kind: "hello"}; then one JSON text per change, ids only, so fetch what you show:
         {seq, kind: "message", channel, ts, thread_ts, change: "posted"|"edited"|"deleted"|"replied"}
         {seq, kind: "ephemeral", channel, ts, thread_ts, user}     {seq, kind: "view", user}      {seq, kind: "home", user}
         {seq, kind: "channel", channel}   {seq, kind: "user", user}   {seq, kind: "clock"}   {seq, kind: "connections", count}
         {seq, kind: "payload", n}  (the app called a method)      {seq, kind: "delivery", n}  (an envelope changed its state)

Seeing, as a user
  GET  /control/as/{user}/channels             {channels: [Channel]}, those that the user can see, direct messages included
         Channel {id, name, kind: "public"|"private"|"dm", is_member, archived, shared, topic, members: [user id], latest: ts|null,
                  with: user id of the other one (dm only), app_is_member}
  GET  /control/as/{user}/messages?channel=    {messages: [Message]} oldest first: those in the channel itself
  GET  /control/as/{user}/messages?channel=&thread=TS   the parent and its replies
         Message is Slack's: {type, user, bot_id?, text, blocks?, files?, ts, thread_ts?, reply_count?, reply_users?, latest_reply?, edited?,
         subtype?} and also {channel, ephemeral: bool (only this user sees it), mine: bool (may delete and edit), permalink}
  GET  /control/as/{user}/view                 {stack: [View], top: View|null}, the modal stack as it stands, newest last
         View is Slack's view object and also {errors: {block_id: sentence}}: what the app answered to the last submission
  GET  /control/as/{user}/home                 {view: View|null}: what the app published (POST home tells the app that it was opened)
  GET  /control/files/{id}?as={user}           the file's bytes

Doing, as a user. All are POST below /control/as/{user}/ . What goes to the app answers when the app has acknowledged it, or failed to:
         Outcome {acked: bool, error: null|"timeout"|"not_connected"|"http_500"|..., response: the app's answer or null, message: text for people or null}
  post       {channel, text, thread?: TS, blocks?: [..], files?: [id]}  -> {message}; text may hold <@U…>, <#C…>; `@handle` and `#channel` are turned into them
  edit       {channel, ts, text} -> {message}              delete  {channel, ts}        (own messages only, as in Slack)
  command    {channel, text: "/dip status", thread?: TS}   -> {outcome}; 400 in a thread, as in Slack, and for a command nobody has registered
  click      {block_id, action_id, value?, values?, and either channel + ts or view_id} -> {outcome}
             Refused with 409 unless that element is in what this user now sees. `value` by element:
               button: none | static_select, radio_buttons, overflow: the option's value | multi_static_select, checkboxes: [values]
               users_select, conversations_select, channels_select: id | multi_…: [ids] | datepicker "2026-11-24" | timepicker "10:05"
               datetimepicker: epoch seconds | plain_text_input (with dispatch_action_config): text
             `values` is the present content of all inputs of the view, as for submit
  submit     {view_id, values: {block_id: {action_id: value}}} -> {outcome, closed: bool, errors: {block_id: sentence}}
             values as above, and: url/email/number_text_input: text | file_input: [file ids] | rich_text_input: text. Refused with 409 for
             an input that is not in the view; `errors` without asking the app where Slack's client itself would object
             (required, min_length, max_length, not a number, not an address).
  close_view {view_id, clear?: bool} -> {outcome}; the app is told only if the view has notify_on_close
  options    {view_id or channel + ts, block_id, action_id, query} -> {options}: external selects
  shortcut   {callback_id, channel?, ts?} -> {outcome}: channel and ts for a message shortcut
  home       {tab?: "home"|"messages"} -> {}: tells the app that App Home was opened
  dm         {user} -> {channel}: opens the direct message with a user (or with the app's bot user)
  upload     {filename, content_base64, channel?, thread?, text?} -> {file}; without a channel it is for a file_input
  join, leave {channel} -> {}

Administration (POST unless said)
  /control/users             {name, real_name, title?, tz?, email?, team_id?, is_restricted?, ...} -> {user}
  /control/users/{user}      the same fields, also {deleted: true} -> {user}
  /control/channels          {name, private?: bool, members?: [user]} -> {channel}
  /control/channels/{id}     {archived?, shared?, topic?, name?} -> {channel}
  /control/members           {channel, user, member: bool} -> {}; `user` may be the bot: `/invite @dipper` typed by a member does the same
  /control/app               GET {bot_token, app_token, signing_secret, request_url, transport}; POST {transport?: "socket"|"http", request_url?}
  /control/app/revoke        {} revokes the bot token;   /control/app/restore {} gives it back (a reinstall)
  /control/app/scopes        {remove?: [scope], add?: [scope]}
  /control/app/manifest      {path} reads another manifest

Faults
  GET  /control/faults       {faults: [{id, kind, method?, channel?, times, seconds?, status?, type?}]}
  POST /control/faults       {kind, times?: 1, method?: "chat.postMessage", channel?, type?: "block_actions"|..., seconds?, status?, error?} -> {id}; times -1: until removed
         To the app's calls:    "ratelimited" (seconds = Retry-After) | "error" (error = code) | "http" (status) before anything is done |
                                "http_after" (status) after it was done | "reset" before | "reset_after" after | "delay" (seconds)
         To our deliveries:     "duplicate" | "delay_delivery" (seconds) | "drop_delivery" | "drop_ack" (the app's ack is not heard)
         To everything:         "away": all calls get 503 and nothing is delivered
  POST /control/faults/clear {id?}: one, or all
  POST /control/disconnect   {reason?: "warning"|"refresh_requested"|"link_disabled"|"too_many_websockets", hard?: bool}: recycle the sockets
  POST /control/redeliver    {n}: send delivery n once more with a retry header, as it was
  POST /control/rates        {mode: "real"|"off"}

The record
  GET  /control/payloads?since=N    {payloads: [{n, at, method, token_kind, args, ok, error, problems: [text], warnings: [text]}], next}
  GET  /control/deliveries?since=N  {deliveries: [{n, at, type, payload, tries: [{at, acked, error, retry, response}], ack_ms, response}], next}
"""
