import type { PersonalDataKind } from '../../shared/memory/redaction/kinds.ts';

/**
 * Short texts with what a person would call personal data marked as `{{kind|value}}`. Written by hand: numbers with
 * check digits are the published examples of their issuers or were computed, none belongs to anybody. Some values
 * are ones that the detectors are known to miss, and most of the negatives are chosen to look like positives.
 */
const marked = `
Write to {{email|jane.doe@example.com}} for the contract.
Her work address is {{email|j.o'neill+billing@mail.example.co.uk}}, please use that.
cc: <{{email|ops@strata-team.io}}>, "{{email|CEO@EXAMPLE.ORG}}"
Kontakt: {{email|müller@beispiel.de}}
login={{email|a_b-c@sub.domain.example}}&lang=en
The user '{{email|sam99@example.net}}' asked for a refund.
reach me at jane (at) example (dot) com
{{email|first.last@xn--bcher-kva.example}} bounced twice
mailto:{{email|help@example.com}}?subject=Hi
Two owners: {{email|ann@example.com}},{{email|bob@example.com}}
git clone git@github.com:strata/strata.git
Install lodash@4.17.21 and react@next
The sprite is icon@2x.png in the assets folder
@caroline thanks, see you @ noon
scp build.zip deploy@build-01:/srv/www
Use the decorator @Injectable() and @app.route
foo@localhost is what the tests use
Our handle is @strata@mastodon
Call me on {{phone|+1 415 555 2671}} after six.
Her mobile: {{phone|+44 7911 123456}}
Büro: {{phone|+49 (0)30 1234567}}, Fax {{phone|+49 30 1234568}}
Tel. {{phone|030 / 123 45 67}}
{{phone|(212) 555-0187}} is the front desk
Dial {{phone|1-800-273-8255}} for support.
fax {{phone|212-555-0199}} and voice {{phone|212.555.0198}}
Mon numéro est le {{phone|06 12 34 56 78}}.
Bel {{phone|06-12345678}} of {{phone|020-1234567}}
London office {{phone|020 7946 0958}}
from Spain dial {{phone|0034 912 345 678}}
WhatsApp {{phone|+5511987654321}}
phone: {{phone|5551234567}}
Please text {{phone|5559876543}} when you arrive.
His number is {{phone|98765 43210}}, he said.
tel:{{phone|+33123456789}}
my cell is {{phone|(646)555-3890}} ok?
You can reach us at {{phone|0800 123 4567}} all day
{{phone|+91-98765-43210}} (Priya)
telephone number: {{phone|555 0123}}
Ring {{phone|01632 960 001}} and ask for Tom
Ruf mich an: {{phone|0171 2345678}}
The release went out on 2024-05-08 at 10:32:07.
Started 08.05.2024 10:30, ended 09.05.2024 11:45.
On 05/08/2024 we moved 1200 rows.
ts=1715170000000 took 12345678 ns
Order 2024-0012-3456 shipped
commit 3f786850e387550fdab836ed7e6dc881de23001b fixed it
trace id 550e8400-e29b-41d4-a716-446655440000 is slow
The id 0171e400-1234-7234-9234-123456789012 failed
Version 10.15.7 runs, 10.15.8 does not
It costs 1,299,000.00 EUR or 1.299.000,00 EUR
Revenue grew from 12 345 678 to 23 456 789 in a year
Coordinates 52.520008, 13.404954
Ticket #20240508123 is closed
Invoice 000123456789 is paid
The array has 10000000000 entries
pi is 3.14159265358979
Room 030-12 on floor 4
We met 12 34 times 56 per 78
Ratio 1:100000000 between 5 and 15
between 1990 and 2005 we had 200 300 4000 units
ISBN 978-3-16-148410-0 is the book
The call took 1234567 nanoseconds
a text of 65536000 characters
+100 points for the team, +2500 next
mobile users grew to 12345678 in May
UTC+02:00 or GMT+0100
range 100-200-3000 of the table
Flight LH 0400 1230 leaves at gate 12
SELECT 0123456 FROM dual
ZIP 94107-1234, box 556677
Sessions 1-10, pages 100-150, 2019-2020
0.0712345678 seconds for one
2^64 is 18446744073709551616
Server {{ip|203.0.113.42}} refused the login
from {{ip|2001:db8:85a3::8a2e:370:7334}} port 443
client={{ip|198.51.100.7}}, status=401
{{ip|::ffff:192.0.2.128}} is the mapped form
deny {{ip|192.0.2.0}}/24
The user came from {{ip|fe80::1ff:fe23:4567:890a}}
Version 1.2.3.4 of the driver
firmware: 4.0.0.12 is broken
v2.0.0.1 is the tag
the clock said 12:30:45
MAC 00:1a:2b:3c:4d:5e is unknown
std::vector and a::b are names of code
section 1.2.3.4.5 of the manual
999.1.2.3 is no address
Pay with {{card|4111 1111 1111 1111}}, expiry 12/26
Card {{card|5555555555554444}} was declined
Amex {{card|3782 822463 10005}} on file
{{card|378282246310005}}
Use {{card|6011-1111-1111-1117}} in the sandbox
JCB {{card|3530111333300000}}; Diners {{card|30569309025904}}
new series {{card|2223003122003222}}
order 1234 {{card|4242 4242 4242 4242}} was charged
"number": "{{card|5105105105105100}}"
old visa {{card|4222222222222}}
order 4111 1111 1111 1112 is not a card
tracking number 9400111899223100001234
Part 5555555555554445 is on stock
1234567812345678 rows
4111-1111-1111 is cut off
The number 4532015112830366000123 is longer
IMEI 490154203237518 of the phone
snowflake 1790000000000000001 was replayed
hash 4111111111111111abcdef
Transfer to {{iban|DE89 3704 0044 0532 0130 00}} today
IBAN {{iban|GB29NWBK60161331926819}}.
{{iban|NL91 ABNA 0417 1643 00}} is the new account
{{iban|FR14 2004 1010 0505 0001 3M02 606}} and {{iban|ES91 2100 0418 4502 0005 1332}}
konto: {{iban|ch93 0076 2011 6238 5295 7}}
from {{iban|NO93 8601 1117 947}} to {{iban|BE68 5390 0754 7034}} please
Malta: {{iban|MT84MALT011000012345MTLCAST001S}}
DE89 3704 0044 0532 0130 01 has a wrong digit
US12 34 56 blocks of text follow here
AB12 CDEF 3456 GHIJ 7890 KLMN
Model NL20 comes with 16 cores and more text
SSN {{ssn|219-09-9999}}
her social security number is {{ssn|078 05 1120}}
ssn={{ssn|123456789}}
{{ssn|536-22-1234}} was on the form
Part 900-12-3456 is not issued
000-12-3456 and 666-12-3456 are placeholders
Build 123-45-678 passed
The code 123456789 opens the door
DNI {{national_id|12345678Z}}
NIE {{national_id|X1234567L}} de residencia
DNI 12345678A is mistyped
numéro de sécu {{national_id|2 55 08 14 168 025 38}}
NIR {{national_id|255081416802538}}
mijn BSN is {{national_id|111222333}}
burgerservicenummer {{national_id|123456782}}
The counter stands at 111222333
NI number {{national_id|AB 12 34 56 C}}
National insurance {{national_id|JK123456D}}
Bus GB123456A is a plate
Steuer-ID {{national_id|86095742719}}
Tax ID: {{national_id|47 036 892 816}}
The id 86095742719 of the row
codice fiscale {{national_id|RSSMRA85T10A562S}}
RSSMRA85T10A562T is mistyped
AHV {{national_id|756.9217.0769.85}}
personnummer {{national_id|811228-9874}}
{{national_id|19811228-9874}} is the same person
build 20240508-1234 is green
CPF {{national_id|529.982.247-25}}
cpf {{national_id|11144477735}}
10.000.000-00 is not one
passport number C01X00T47 of Erika
my dad was born on 1954-03-12
Bearer {{jwt|eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U}}
token={{jwt|eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.}}
eyJoZWxsbyI6IndvcmxkIn0 is base64 of a small object
file eyJ.eyJ.eyJ is no token
key id {{aws_key|AKIAIOSFODNN7EXAMPLE}}
{{aws_key|ASIAY34FZKBOKMUTVV7A}} expires soon
aws_secret_access_key = {{aws_key|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}}
AKIA is the prefix of such keys
see aws docs at /Package/-aws-sdk-client-s3/Interface/DeleteObjectsCommandOutput/ please
image sha1 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12
aws commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 is fine
export GITHUB_TOKEN={{api_key|ghp_A1b2C3d4E5f6A1b2C3d4E5f6A1b2C3d4E5f6}}
{{api_key|github_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ}}
slack {{api_key|xoxb-000000000000-EXAMPLEEXAMPLE}}
GOOGLE_KEY={{api_key|AIzaSyA1234567890abcdefghijklmnopqrstuv}}
openai: {{api_key|sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12}}
stripe {{api_key|sk_test_4eC39HqLyjWDarjtT1zdp7dc}} only in tests
{{api_key|glpat-Zx81kQwErTyUiOpAsDfG}} can read
the npm token {{api_key|npm_abcdefghijklmnopqrstuvwxyz0123456789}}
the password is {{api_key|hunter2-but-longer}} for staging
sk-learn-contrib-extensions is a package
ghp_short is not one
the xoxb prefix means a bot
{{private_key|-----BEGIN RSA PRIVATE KEY----- MIIBOgIBAAJBAKj34Gk -----END RSA PRIVATE KEY-----}}
{{private_key|-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIE}}
-----BEGIN PUBLIC KEY----- MCowBQYDK2VwAyEA -----END PUBLIC KEY-----
-----BEGIN CERTIFICATE----- MIIBszCCAVmgAwIBAgIU -----END CERTIFICATE-----
{{email|li.wei@example.cn}} pays by {{card|4000056655665556}}, phone {{phone|+86 138 0013 8000}}
Contact Bob (bob [at] example.com) or ext. 4411
`;

export interface LabelledText {
  text: string;
  expected: { kind: PersonalDataKind; value: string; start: number }[];
}

function parse(line: string): LabelledText {
  const expected: LabelledText['expected'] = [];
  let text = '';
  let done = 0;
  for (const match of line.matchAll(/\{\{([a-z_]+)\|(.+?)\}\}/g)) {
    text += line.slice(done, match.index);
    expected.push({ kind: match[1] as PersonalDataKind, value: match[2]!, start: text.length });
    text += match[2];
    done = match.index + match[0].length;
  }
  return { text: text + line.slice(done), expected };
}

export const redactionCorpus: readonly LabelledText[] = marked.trim().split('\n').map(parse);
