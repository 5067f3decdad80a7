import{r as e}from"./rolldown-runtime-XKyaHtl9.js";import{_r as t,a as n,d as r,f as i,g as a,gr as o,h as s,hr as c,i as l,m as u,n as d,o as ee,r as te,s as ne,t as re,u as ie}from"./vendor-DaBkO3pq.js";var ae=o(),f=e(t(),1),p=class{state;listeners=new Set;constructor(e){this.state=e}get=()=>this.state;set(e){this.state=e;for(let e of[...this.listeners])e()}subscribe=e=>(this.listeners.add(e),()=>this.listeners.delete(e))};function m(e){return(0,f.useSyncExternalStore)(e.subscribe,e.get)}var oe=200,se=class{store=new p(null);request(e){this.store.set({kind:`request`,...e})}subscription(){let e={kind:`subscription`,as:null,state:`connecting`,events:[],dropped:0};this.store.set(e);let t=t=>{this.store.get()===e&&(e={...e,...t},this.store.set(e))};return{change:t,event:n=>{let r=[...e.events,{at:Date.now(),result:n}],i=Math.max(r.length-oe,0);t({state:`live`,events:r.slice(i),dropped:e.dropped+i})}}}};async function h(e,t,n={}){let r=await ce(e,t,n),i=Date.parse(r.headers.get(`date`)??``)||Date.now();return{status:r.status,result:await le(r),serverTime:i}}async function ce(e,t,n){try{return await fetch(e,{method:`POST`,headers:{"content-type":`application/json`,accept:`application/graphql-response+json, application/json;q=0.9`,...n},body:JSON.stringify(t)})}catch{throw Error(`The server cannot be reached.`)}}async function le(e){let t=await e.text();try{return JSON.parse(t)}catch{throw Error(`The server answered ${e.status}: ${t.slice(0,200)||e.statusText}`)}}var g=`backchannel:recent`,ue=5;function de(e){let t=_().filter(t=>t!==e);localStorage.setItem(g,JSON.stringify([e,...t].slice(0,ue)))}function _(){try{let e=JSON.parse(localStorage.getItem(g)??`[]`);return Array.isArray(e)?e:[]}catch{return[]}}var v=/\{\{(\w+)\}\}/g,y=`newKey`,fe=[{provides:[`handle`,`conversationId`,`friendId`,`friendHandle`,`messageId`,`ownMessageId`,`groupId`,`groupMemberId`],query:`
    query PlaygroundConversations {
      viewer {
        user {
          id
          handle
        }
        conversations(first: 20) {
          edges {
            node {
              id
              kind
              members(first: 2) {
                edges {
                  node {
                    id
                    handle
                  }
                }
              }
              messages(last: 20) {
                edges {
                  node {
                    id
                    sender {
                      id
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  `,read({viewer:e}){if(!e)return{};let t=C(e.conversations),n=t.find(({kind:e})=>e===`GROUP`),r=t=>t?.id===e.user.id,i=e=>C(e?.members).find(e=>!r(e)),a=t.filter(({kind:e})=>e===`DIRECT`),o=_().flatMap(e=>a.filter(t=>i(t)?.handle===e))[0]??a[0],s=C(o?.messages).reverse();return{handle:e.user.handle,conversationId:o?.id,friendId:i(o)?.id,friendHandle:i(o)?.handle,messageId:s.find(({sender:e})=>e&&!r(e))?.id,ownMessageId:s.find(({sender:e})=>r(e))?.id,groupId:n?.id,groupMemberId:i(n)?.id}}},{provides:[`stickerId`],query:`
    query PlaygroundStickers {
      stickerPacks(first: 1) {
        edges {
          node {
            stickers {
              id
            }
          }
        }
      }
    }
  `,read:({stickerPacks:e})=>({stickerId:C(e)[0]?.stickers[0]?.id})},{provides:[`videoId`],query:`
    query PlaygroundVideos {
      viewer {
        user {
          videos(first: 1) {
            edges {
              node {
                id
              }
            }
          }
          following(first: 20) {
            edges {
              node {
                videos(first: 1) {
                  edges {
                    node {
                      id
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  `,read({viewer:e}){return{videoId:(e?[e.user,...C(e.user.following)]:[]).flatMap(({videos:e})=>C(e))[0]?.id}}},{provides:[`inboxCursor`],query:`
    query PlaygroundInbox {
      viewer {
        inboxCursor
      }
    }
  `,read:({viewer:e})=>({inboxCursor:e?.inboxCursor})}];function b(e){return[...new Set([...e.matchAll(v)].map(([,e])=>e))]}function x(e){return b(e).filter(e=>e!==y)}function S(e,t){return e.replace(v,(e,n)=>t[n]??e)}async function pe(e,t,n){let r=fe.filter(({provides:e})=>e.some(e=>n.includes(e))),i=await Promise.all(r.map(n=>ge(e,t,n)));return Object.assign({},...i)}function me(e){return JSON.parse(S(JSON.stringify(e),{[y]:he()}))}function he(){let e=crypto.getRandomValues(new Uint8Array(12));return`playground-${Array.from(e,e=>e.toString(16).padStart(2,`0`)).join(``)}`}async function ge(e,t,{query:n,read:r}){try{let i=await t.accessToken(),{result:a}=await h(e,{query:n},i===null?{}:{authorization:`Bearer ${i}`}),o=Object.entries(r(a.data??{})).filter(([,e])=>typeof e==`string`);return Object.fromEntries(o)}catch{return{}}}function C(e){return(e?.edges??[]).map(({node:e})=>e)}function _e({path:e,sessions:t,live:n,log:r}){return async(i,a={})=>{let{request:o,isSubscription:s}=ve(i);if(s)return n.subscription(o);let c=performance.now(),l=await be(e,t,o,a);if(i.operationName!==`IntrospectionQuery`){let e=performance.now()-c;r.request({as:t.store.get().current,status:l.status,milliseconds:e})}return l.result}}function ve({query:e,variables:t,operationName:n}){let r=ye(e),i=r.find(({name:e})=>e?.value===n)??(r.length===1?r[0]:void 0);return{request:{query:e,operationName:i?.name?.value,variables:t&&me(t)},isSubscription:i?.operation===`subscription`}}function ye(e){try{return u(e).definitions.filter(e=>e.kind===s.OPERATION_DEFINITION)}catch{return[]}}async function be(e,t,n,r){let i=await t.accessToken(),a=t=>h(e,n,{...t!==null&&{authorization:`Bearer ${t}`},...r.headers}),o=await a(i);if(i===null||!xe(o))return o;let s=await t.replace(i);return s===null?o:a(s)}function xe({status:e,result:t}){return e===401||!t.data&&t.errors?.[0]?.extensions?.code===`UNAUTHENTICATED`}var w=2e3,T=300,E=4403,D=4401,O=class{sessions;log;client;sentToken=null;tokenWasRefused=!1;constructor(e,t,n){this.sessions=t,this.log=n,this.client=re({url:new URL(e,location.href.replace(/^http/,`ws`)).href,connectionParams:()=>this.introduce(),retryAttempts:T,retryWait:e=>j(e===0?0:Math.min(250*2**e,w)),shouldRetry:()=>!0}),this.client.on(`closed`,e=>this.onClosed(e.code)),this.reconnectOnChange()}subscription(e){return{subscribe:t=>this.subscribe(e,t)}}subscribe(e,t){let{change:n,event:r}=this.log.subscription(),i=()=>this.sessions.store.get().current,a=[this.client.on(`connecting`,e=>n({state:e?`reconnecting`:`connecting`})),this.client.on(`connected`,()=>n({state:`live`,as:i()}))],o=()=>{a.forEach(e=>e()),n({state:`ended`})};n({as:i()});let s=this.client.subscribe(k(e),{next:e=>(r(e),t.next(e)),error:e=>(o(),t.error(A(e))),complete:()=>(o(),t.complete())});return{unsubscribe:()=>(o(),s())}}onClosed(e){this.tokenWasRefused=e===E,e===D&&this.sentToken!==null&&this.sessions.replace(this.sentToken).catch(()=>{})}async introduce(){let e=this.tokenWasRefused?this.sentToken:null;this.tokenWasRefused=!1;let t=e===null?await this.sessions.accessToken():await this.sessions.replace(e);return this.sentToken=t,t===null?{}:{authorization:`Bearer ${t}`}}reconnectOnChange(){let e=this.sessions.store.get().current;this.sessions.store.subscribe(()=>{let t=this.sessions.store.get().current;t!==e&&(e=t,this.client.terminate())})}};function k({query:e,variables:t,operationName:n}){return{query:e,...t&&{variables:t},...n&&{operationName:n}}}function A(e){return e instanceof CloseEvent?Error(`The server closed the connection (${e.code}${e.reason&&`: ${e.reason}`}).`):e instanceof Event?Error(`The live connection cannot be opened.`):e}function j(e){return new Promise(t=>setTimeout(t,e))}var M=.75,Se=6e4,N=class extends Error{},Ce=`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInSuccess {
        tokens {
          accessToken
          accessTokenExpiresAt
          refreshToken
        }
        viewer {
          user {
            handle
            displayName
          }
        }
      }
      ... on UserError {
        code
        reason
      }
    }
  }
`,we=`
  mutation RefreshSession($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      __typename
      ... on RefreshSessionSuccess {
        tokens {
          accessToken
          accessTokenExpiresAt
          refreshToken
        }
      }
      ... on UserError {
        code
        reason
      }
    }
  }
`,Te=`
  mutation SignOut {
    signOut {
      __typename
    }
  }
`;async function P(e,t,n){let{payload:r,serverTime:i}=await F(e,Ce,`signIn`,{handle:t,password:n});return{...r.viewer?.user??{handle:t,displayName:t},tokens:I(r,i)}}async function Ee(e,t){let{payload:n,serverTime:r}=await F(e,we,`refreshSession`,{refreshToken:t});return I(n,r)}async function De(e,t){await h(e,{query:Te},{authorization:`Bearer ${t}`})}async function F(e,t,n,r){let{result:i,serverTime:a}=await h(e,{query:t,variables:{input:r}}),o=i.data?.[n];if(!o)throw Error(i.errors?.[0]?.message??`The server gave no answer.`);return{payload:o,serverTime:a}}function I(e,t){if(!e.tokens)throw new N(e.reason??e.code??`The server refused.`);let{accessToken:n,refreshToken:r,accessTokenExpiresAt:i}=e.tokens,a=Date.parse(i)-t;return{accessToken:n,refreshToken:r,renewAt:Date.now()+Math.max(a*M,a-Se)}}var L=`backchannel:session`,Oe=5e3,ke=2**31-1,R={current:null,accounts:[],busy:null,problem:null},Ae=class{path;demo;store;renewals=new Map;timer;constructor(e,t){this.path=e,this.demo=t;let{state:n,wanted:r}=je();this.store=new p(n),addEventListener(`pagehide`,()=>this.save(!0)),addEventListener(`pageshow`,e=>e.persisted&&this.save(!1)),this.update({}),r!==null&&this.isDemo(r)&&this.switchTo(r)}async signIn(e,t){this.update({busy:e,problem:null});try{let n=await P(this.path,e,t),r=this.store.get().busy!==e;return this.update(r?this.with(n):{...this.with(n),current:n.handle,busy:null}),!0}catch(t){return this.store.get().busy===e&&this.update({busy:null,problem:t.message}),!1}}async switchTo(e){this.account(e)?.tokens?this.update({current:e,busy:null,problem:null}):this.isDemo(e)?await this.signIn(e,this.demo.password):this.update({problem:`Sign in again as @${e}.`})}async signOut(){let{current:e,accounts:t}=this.store.get(),n=e===null?void 0:this.account(e);this.update({current:null,accounts:t.filter(e=>e!==n),busy:null,problem:null}),n?.tokens&&await De(this.path,n.tokens.accessToken).catch(()=>void 0)}async accessToken(){let e=this.account(this.store.get().current);return e?.tokens?e.tokens.renewAt>Date.now()?e.tokens.accessToken:this.renew(e.handle):null}async replace(e){let t=this.account(this.store.get().current);return t?.tokens?t.tokens.accessToken===e?this.renew(t.handle):t.tokens.accessToken:null}dismissProblem(){this.update({problem:null})}isDemo(e){return this.demo?.people.some(t=>t.handle===e)??!1}renew(e){let t=this.renewals.get(e)??this.renewOnce(e).finally(()=>this.renewals.delete(e));return this.renewals.set(e,t),t}async renewOnce(e){let t=this.account(e);if(!t?.tokens)return null;try{return this.keep(t,await Ee(this.path,t.tokens.refreshToken))}catch(n){if(!(n instanceof N))throw n;return this.isDemo(e)?this.signInAgain(t):this.giveUp(t,n.message)}}async signInAgain(e){try{return this.keep(e,(await P(this.path,e.handle,this.demo.password)).tokens)}catch(t){if(!(t instanceof N))throw t;return this.giveUp(e,t.message)}}keep(e,t){return this.account(e.handle)?(this.update(this.with({...e,tokens:t})),t.accessToken):null}giveUp(e,t){let{current:n}=this.store.get(),r=n===e.handle;return this.update({...this.with({...e,tokens:null}),...r&&{current:null,problem:`@${e.handle}’s session has ended: ${t}`}}),null}account(e){return this.store.get().accounts.find(t=>t.handle===e)}with(e){let{accounts:t}=this.store.get();return{accounts:t.some(t=>t.handle===e.handle)?t.map(t=>t.handle===e.handle?e:t):[...t,e]}}update(e){e.current&&de(e.current),this.store.set({...this.store.get(),...e}),this.save(!1),this.renewInTime()}renewInTime(e=0){clearTimeout(this.timer);let t=this.account(this.store.get().current)?.tokens?.renewAt;if(t===void 0)return;let n=Math.max(t-Date.now()+50,e);this.timer=setTimeout(()=>void this.accessToken().catch(()=>this.renewInTime(Oe)),Math.min(n,ke))}save(e){let{current:t,accounts:n}=this.store.get();sessionStorage.setItem(L,JSON.stringify({current:t,accounts:n,released:e}))}};function je(){try{let{current:e,accounts:t,released:n}=JSON.parse(sessionStorage.getItem(L)??`{}`);if(!Array.isArray(t))return{state:R,wanted:null};if(n===!0)return{state:{...R,current:e,accounts:t},wanted:null};let r=t.map(e=>({...e,tokens:null}));return{state:{...R,accounts:r},wanted:e}}catch{return{state:R,wanted:null}}}function Me(e){let t=e.graphqlPath,n=new Ae(t,e.demo),r=new se;return{config:e,sessions:n,log:r,fetcher:_e({path:t,sessions:n,live:new O(t,n,r),log:r})}}var z=(0,f.createContext)(null);function B(){let e=(0,f.useContext)(z);if(!e)throw Error(`A component of the playground is used outside of it.`);return e}var V=c();function Ne(){let{log:e}=B(),t=m(e.store);return t===null?(0,V.jsx)(`p`,{className:`bc-empty`,children:`Run an operation to see its answer here.`}):(0,V.jsx)(`div`,{className:`bc-activity`,role:`status`,"data-kind":t.kind,children:t.kind===`request`?(0,V.jsx)(Pe,{request:t}):(0,V.jsx)(Ie,{subscription:t})})}function Pe({request:{as:e,status:t,milliseconds:n}}){return(0,V.jsxs)(V.Fragment,{children:[(0,V.jsx)(`span`,{"data-status":t<400?`good`:`bad`,children:t}),(0,V.jsxs)(`span`,{children:[n<10?n.toFixed(1):Math.round(n),` ms`]}),(0,V.jsx)(`span`,{children:H(e)})]})}var Fe={connecting:`Connecting`,live:`Live`,reconnecting:`Reconnecting`,ended:`Ended`};function Ie({subscription:{as:e,state:t,events:n,dropped:r}}){let i=r+n.length;return(0,V.jsxs)(V.Fragment,{children:[(0,V.jsx)(`span`,{className:`bc-live`,"data-state":t,children:Fe[t]}),(0,V.jsx)(`span`,{children:H(e)}),i===0?(0,V.jsx)(`span`,{children:t===`live`&&`waiting for the first event`}):(0,V.jsx)(Le,{events:n,dropped:r})]})}function Le({events:e,dropped:t}){let n=r(e=>e.responseEditor),[i,a]=(0,f.useState)(0);(0,f.useEffect)(()=>a(0),[e]);let o=Math.max(e.length-1-i,0),s=e[o];function c(t){a(t),n?.setValue(JSON.stringify(e[e.length-1-t].result,null,2))}return(0,V.jsxs)(`span`,{className:`bc-events`,children:[(0,V.jsx)(`button`,{type:`button`,"aria-label":`Earlier event`,disabled:o===0,onClick:()=>c(i+1),children:`‹`}),(0,V.jsxs)(`span`,{children:[`event `,t+o+1,` of `,t+e.length]}),(0,V.jsx)(`button`,{type:`button`,"aria-label":`Later event`,disabled:i===0,onClick:()=>c(i-1),children:`›`}),(0,V.jsx)(`time`,{children:new Date(s.at).toLocaleTimeString()})]})}function H(e){return e===null?`signed out`:`as @${e}`}var Re=`/playground/assets/icon-B1_ngSOP.svg`;function U({person:e}){if(e.avatar!==null)return(0,V.jsx)(`img`,{className:`bc-avatar`,src:e.avatar,alt:``});let t={"--hue":ze(e.handle)};return(0,V.jsx)(`span`,{className:`bc-avatar`,style:t,"aria-hidden":`true`,children:[...e.displayName][0]?.toUpperCase()})}function ze(e){let t=0;for(let n of e)t=(t*31+n.codePointAt(0))%360;return t}function W({onSignedIn:e}){let{sessions:t}=B(),{busy:n}=m(t.store);async function r(n){n.preventDefault();let r=new FormData(n.currentTarget),i=String(r.get(`handle`)).trim().replace(/^@/,``);await t.signIn(i,String(r.get(`password`)))&&e?.()}return(0,V.jsxs)(`form`,{className:`bc-form`,"aria-label":`Sign in`,onSubmit:e=>void r(e),children:[(0,V.jsx)(`input`,{name:`handle`,placeholder:`Handle`,"aria-label":`Handle`,autoComplete:`username`,autoCapitalize:`none`,spellCheck:!1,required:!0}),(0,V.jsx)(`input`,{name:`password`,type:`password`,placeholder:`Password`,"aria-label":`Password`,autoComplete:`current-password`,required:!0}),(0,V.jsx)(`button`,{type:`submit`,className:`bc-button bc-primary`,disabled:n!==null,children:`Sign in`})]})}function G(){let[e,t]=(0,f.useState)(!1),n=(0,f.useRef)(null);return(0,f.useEffect)(()=>{if(!e)return;n.current?.querySelector(`input`)?.focus();let r=e=>n.current?.contains(e.target)||t(!1),i=e=>e.key===`Escape`&&t(!1);return addEventListener(`pointerdown`,r),addEventListener(`keydown`,i),()=>{removeEventListener(`pointerdown`,r),removeEventListener(`keydown`,i)}},[e]),(0,V.jsxs)(`div`,{className:`bc-menu`,ref:n,children:[(0,V.jsx)(`button`,{type:`button`,className:`bc-icon-button`,"aria-label":`Sign in as someone else`,title:`Sign in as someone else`,"aria-expanded":e,onClick:()=>t(!e),children:(0,V.jsx)(`svg`,{viewBox:`0 0 24 24`,fill:`none`,stroke:`currentColor`,strokeWidth:`1.7`,strokeLinecap:`round`,children:(0,V.jsx)(`path`,{d:`M12 6v12M6 12h12`})})}),e&&(0,V.jsxs)(`div`,{className:`bc-popover`,children:[(0,V.jsx)(`p`,{children:`Sign in as someone else`}),(0,V.jsx)(W,{onSignedIn:()=>t(!1)})]})]})}function Be(){let{config:e,sessions:t}=B(),n=m(t.store),r=Ve(e,n),i=r.find(({handle:e})=>e===n.current);return(0,V.jsxs)(V.Fragment,{children:[(0,V.jsxs)(`header`,{className:`bc-bar`,children:[(0,V.jsxs)(`span`,{className:`bc-brand`,children:[(0,V.jsx)(`img`,{src:Re,alt:``}),`Backchannel`]}),r.length>0&&(0,V.jsx)(K,{people:r,state:n}),e.demo?(0,V.jsx)(G,{}):!i&&(0,V.jsx)(W,{}),e.demo===null&&i&&(0,V.jsx)(G,{}),(0,V.jsx)(`span`,{className:`bc-space`}),i?(0,V.jsx)(Ue,{person:i}):(0,V.jsx)(`span`,{className:`bc-signed-out`,children:`Signed out`}),(0,V.jsx)(Ge,{})]}),n.problem!==null&&(0,V.jsx)(We,{text:n.problem})]})}function Ve({demo:e},{accounts:t}){let n=e?.people??[],r=t.filter(({handle:e})=>!n.some(t=>t.handle===e));return[...n,...r.map(({handle:e,displayName:t})=>({handle:e,displayName:t,avatar:null}))]}function K({people:e,state:t}){return(0,V.jsxs)(`nav`,{className:`bc-people`,"aria-label":`People`,children:[t.current===null&&(0,V.jsx)(`span`,{className:`bc-prompt`,children:`Sign in as`}),e.map(e=>(0,V.jsx)(He,{person:e,state:t},e.handle))]})}function He({person:e,state:t}){let{sessions:n}=B(),{handle:r,displayName:i}=e,a=t.current===r,o=t.accounts.some(e=>e.handle===r&&e.tokens!==null);return(0,V.jsx)(`a`,{className:`bc-person`,href:`?as=${encodeURIComponent(r)}`,rel:`noopener`,title:`${i} · @${r}${a?` (you)`:``}`,"aria-label":`${a?`Signed in as`:o?`Switch to`:`Sign in as`} ${i}`,"aria-current":a,"aria-busy":t.busy===r,"data-handle":r,"data-signed-in":o,onClick:e=>{e.ctrlKey||e.metaKey||e.shiftKey||(e.preventDefault(),a||n.switchTo(r))},children:(0,V.jsx)(U,{person:e})})}function Ue({person:e}){let{sessions:t}=B();return(0,V.jsxs)(`div`,{className:`bc-current`,role:`group`,"aria-label":`Signed in`,children:[(0,V.jsx)(U,{person:e}),(0,V.jsxs)(`span`,{className:`bc-name`,children:[(0,V.jsx)(`b`,{children:e.displayName}),(0,V.jsxs)(`small`,{children:[`@`,e.handle]})]}),(0,V.jsx)(`button`,{type:`button`,className:`bc-button`,onClick:()=>void t.signOut(),children:`Sign out`})]})}function We({text:e}){let{sessions:t}=B();return(0,V.jsxs)(`p`,{className:`bc-problem`,role:`alert`,children:[e,(0,V.jsx)(`button`,{type:`button`,"aria-label":`Dismiss`,onClick:()=>t.dismissProblem(),children:`×`})]})}function Ge(){let e=r(e=>e.theme),{setTheme:t}=i(),n=e?e===`dark`:matchMedia(`(prefers-color-scheme: dark)`).matches,a=n?`Light theme`:`Dark theme`;return(0,V.jsx)(`button`,{type:`button`,className:`bc-icon-button`,"aria-label":a,title:a,onClick:()=>t(n?`light`:`dark`),children:(0,V.jsx)(`svg`,{viewBox:`0 0 24 24`,fill:`none`,stroke:`currentColor`,strokeWidth:`1.7`,strokeLinecap:`round`,strokeLinejoin:`round`,children:n?(0,V.jsx)(`path`,{d:`M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4`}):(0,V.jsx)(`path`,{d:`M20 14.5A8.3 8.3 0 0 1 9.5 4a8.3 8.3 0 1 0 10.5 10.5Z`})})})}function q(){let{config:e,sessions:t}=B();return(0,f.useCallback)(async n=>{let r=b(n);return r.length?S(n,await pe(e.graphqlPath,t,r)):n},[e,t])}function Ke(){let{queryEditor:e,variableEditor:t,tabs:n}=r(({queryEditor:e,variableEditor:t,tabs:n})=>({queryEditor:e,variableEditor:t,tabs:n})),{addTab:a,changeTab:o,stop:s,updateActiveTabValues:c}=i(),l=q();return async({query:r,variables:i})=>{let u=await l(i??``),d=n.findIndex(e=>e.query===r);s(),d>=0?o(d):a(),e?.setValue(r),t?.setValue(u),c({query:r,variables:u})}}function qe(){let{sessions:e}=B(),{current:t}=m(e.store),{tab:n,variableEditor:a}=r(({tabs:e,activeTabIndex:t,variableEditor:n})=>({tab:e[t]?.id,variableEditor:n})),{updateActiveTabValues:o}=i(),s=q();return(0,f.useEffect)(()=>{let e=a?.getValue()??``;t!==null&&x(e).length&&s(e).then(t=>{t!==e&&a?.getValue()===e&&(a.setValue(t),o({variables:t}))})},[t,n,a,s,o]),null}function Je(){let e=r(({queryEditor:e,variableEditor:t,headerEditor:n,responseEditor:r})=>({queryEditor:e,variableEditor:t,headerEditor:n,responseEditor:r}));return(0,f.useEffect)(()=>{for(let t of Object.values(e))t?.updateOptions({fontSize:14});e.queryEditor?.updateOptions({wordWrap:`on`})},[e]),null}function Ye(){let e=r(({tabs:e,activeTabIndex:t})=>e[t]?.id),{stop:t}=i(),n=(0,f.useRef)(e);return(0,f.useEffect)(()=>{n.current!==e&&t(),n.current=e},[e,t]),null}var J={title:`Examples`,icon:Xe,content:Ze};function Xe(){return(0,V.jsxs)(`svg`,{viewBox:`0 0 24 24`,fill:`none`,stroke:`currentColor`,strokeWidth:`1.7`,strokeLinecap:`round`,strokeLinejoin:`round`,children:[(0,V.jsx)(`path`,{d:`M3 3.5h18v13.5H11.5L6.5 21v-4H3z`}),(0,V.jsx)(`path`,{d:`M7.5 8.5h9M7.5 12h5.5`})]})}function Ze(){let{config:e}=B(),[t,n]=(0,f.useState)(``),r=e.operations.filter(e=>tt(e,t));return(0,V.jsxs)(`section`,{className:`bc-examples`,"aria-label":`Examples`,children:[(0,V.jsxs)(`header`,{children:[(0,V.jsx)(`h2`,{children:`Examples`}),(0,V.jsx)(`input`,{type:`search`,placeholder:`Filter`,"aria-label":`Filter examples`,value:t,onChange:e=>n(e.target.value)})]}),nt(r).map(([e,t])=>(0,V.jsx)(Qe,{name:e,operations:t},e)),r.length===0&&(0,V.jsx)(`p`,{className:`bc-hint`,children:t?`No example has that in its name.`:`This server has no examples.`})]})}function Qe({name:e,operations:t}){return(0,V.jsxs)(`div`,{role:`group`,"aria-label":Y(e),children:[(0,V.jsx)(`h3`,{children:Y(e)}),(0,V.jsx)(`ul`,{children:t.map(e=>(0,V.jsx)($e,{operation:e},e.name))})]})}function $e({operation:e}){let{folder:t,name:n,title:i,description:a,query:o}=e,s=Ke(),c=rt(e),l=r(({tabs:e,activeTabIndex:t})=>e[t]?.query===o),u=(0,f.useRef)(null);return(0,f.useEffect)(()=>{l&&u.current?.scrollIntoView({block:`nearest`})},[l]),(0,V.jsxs)(`li`,{ref:u,children:[(0,V.jsxs)(`button`,{type:`button`,className:`bc-example`,title:a,"aria-current":l,"data-example":`${t}/${n}`,onClick:()=>void s(e),children:[(0,V.jsx)(`span`,{className:`bc-example-title`,children:i}),(0,V.jsx)(`span`,{className:`bc-kind`,"data-kind":c,children:c}),l&&a&&(0,V.jsx)(`span`,{className:`bc-example-text`,children:a})]}),l&&(0,V.jsx)(et,{})]})}function et(){let{sessions:e}=B(),{current:t}=m(e.store),n=x(r(({tabs:e,activeTabIndex:t})=>e[t]?.variables??``));return n.length===0?null:(0,V.jsxs)(`p`,{className:`bc-hint`,role:`status`,children:[t===null?`Sign in to have this filled in: `:`There is none yet, so this is yours to replace: `,n.map(e=>(0,V.jsx)(`code`,{children:`{{${e}}}`},e))]})}function tt({name:e,folder:t,title:n,description:r},i){return[e,t,n,r].some(e=>e.toLowerCase().includes(i.trim().toLowerCase()))}function nt(e){let t=new Map;for(let n of e)t.set(n.folder,[...t.get(n.folder)??[],n]);return[...t]}function Y(e){let t=e.replaceAll(`-`,` `)||`Basics`;return t[0].toUpperCase()+t.slice(1)}function rt({query:e}){return/^\s*(query|mutation|subscription)\b/m.exec(e)?.[1]??`query`}var it={base:`vs`,accent:`#0f766e`,panel:`#ffffff`,keyword:`#9d2d6b`,type:`#a15c07`,argument:`#3b5bb5`,text:`#0f766e`,number:`#b4420d`,comment:`#7b8794`,plain:`#25323f`},at={base:`vs-dark`,accent:`#4fd1bd`,panel:`#1b2530`,keyword:`#f28cbc`,type:`#f3bd6b`,argument:`#9db8ff`,text:`#62d6c3`,number:`#f7a072`,comment:`#75879a`,plain:`#dbe4ec`},X={light:`backchannel-light`,dark:`backchannel-dark`},Z=!1;function ot(e){Z||(Z=!0,e.editor.defineTheme(X.light,Q(it)),e.editor.defineTheme(X.dark,Q(at)))}function Q(e){return{base:e.base,inherit:!0,rules:st(e),colors:ct(e)}}function st(e){let t=(e,t)=>({token:e,foreground:t.slice(1)});return[t(``,e.plain),t(`keyword`,e.keyword),t(`key.identifier.gql`,e.plain),t(`type.identifier.gql`,e.type),t(`argument.identifier.gql`,e.argument),t(`annotation.gql`,e.keyword),t(`string`,e.text),t(`number`,e.number),t(`comment`,e.comment),t(`string.key.json`,e.argument),t(`string.value.json`,e.text),t(`keyword.json`,e.keyword)]}function ct({accent:e,panel:t,plain:n}){let r=`${e}22`;return{"editor.background":`#00000000`,"editor.foreground":n,"editor.selectionBackground":`${e}33`,"editorCursor.foreground":e,"editorBracketHighlight.foreground1":n,"editorBracketHighlight.foreground2":n,"editorBracketHighlight.foreground3":n,"editorLineNumber.foreground":`${n}55`,"editorHoverWidget.background":t,"editorSuggestWidget.background":t,"editorSuggestWidget.selectedBackground":r,"editorSuggestWidget.selectedForeground":n,"editorSuggestWidget.highlightForeground":e,"editorSuggestWidget.focusHighlightForeground":e,"editorWidget.background":t,"editorWidget.resizeBorder":e,"editorLink.activeForeground":e,"textLink.foreground":e,"textLink.activeForeground":e,"list.hoverBackground":r,"list.highlightForeground":e,"menu.background":t,"menu.selectionBackground":r,"menu.selectionForeground":n,"quickInput.background":t,"quickInputList.focusBackground":r,"quickInputList.focusForeground":n,"input.background":`${n}11`,"scrollbarSlider.background":`${n}22`,"scrollbarSlider.hoverBackground":`${n}38`,"scrollbarSlider.activeBackground":`${n}50`,"editorIndentGuide.background1":`${n}18`,"editorIndentGuide.activeBackground1":`${n}40`,"scrollbar.shadow":`#00000000`,focusBorder:e}}var lt={"graphiql:docExplorerFlex":`0.27`},ut={getItem:e=>sessionStorage.getItem(e)??localStorage.getItem(e)??lt[e]??null,setItem(e,t){sessionStorage.setItem(e,t),localStorage.setItem(e,t)},removeItem(e){sessionStorage.removeItem(e),localStorage.removeItem(e)},clear(){sessionStorage.clear(),localStorage.clear()},get length(){return localStorage.length}},dt=`# Welcome to Backchannel.
#
# 1. Sign in: click a person above.
# 2. Run this: the play button, or
#    Ctrl-Enter (Cmd-Enter on a Mac).
# 3. Look around: each example on the left
#    does one thing; the book beside them
#    describes the whole schema.
#
# To see it live, Ctrl-click someone else:
# a tab opens as them. There, run
# "Everything that happens"; here, "Send a
# text".

query Welcome {
  viewer {
    user {
      displayName
      handle
    }
    conversations(first: 5) {
      edges {
        node {
          id
          title
          lastMessage {
            fallbackText
            sender {
              displayName
            }
          }
        }
      }
    }
  }
}
`,ft=[l,J,ee];function pt({playground:e}){return(0,V.jsx)(z,{value:e,children:(0,V.jsx)(ie,{fetcher:e.fetcher,plugins:ft,referencePlugin:l,visiblePlugin:J,defaultQuery:dt,storage:ut,editorTheme:X,inputValueDeprecation:!0,schemaDescription:!0,children:(0,V.jsx)(ne,{children:(0,V.jsx)(n,{children:(0,V.jsxs)(mt,{children:[(0,V.jsx)(Be,{}),(0,V.jsxs)(te,{defaultEditorToolsVisibility:`variables`,showPersistHeadersSettings:!1,children:[(0,V.jsx)(d.Logo,{children:null}),(0,V.jsx)(d.Footer,{children:(0,V.jsx)(Ne,{})})]}),(0,V.jsx)(qe,{}),(0,V.jsx)(Je,{}),(0,V.jsx)(Ye,{})]})})})})})}function mt({children:e}){let t=a(e=>e.monaco);return t&&ot(t),e}async function ht(){let e=await fetch(`/playground/config.json`);if(!e.ok)throw Error(`The server answered ${e.status} to its own configuration.`);return await e.json()}var $=(0,ae.createRoot)(document.getElementById(`root`));ht().then(e=>{let t=Me(e);gt(t),$.render((0,V.jsx)(pt,{playground:t}))},e=>$.render((0,V.jsxs)(`p`,{className:`bc-splash`,children:[`The playground did not open. `,e.message]})));function gt({sessions:e}){let t=new URL(location.href),n=t.searchParams.get(`as`);n!==null&&(t.searchParams.delete(`as`),history.replaceState(null,``,t),e.isDemo(n)&&e.switchTo(n))}