//! What is said about an organization's people and their roles.

use std::borrow::Cow;

use warta_core::permission::{OrganizationPermission, Permission};

use super::lang::{Lang, texts};

texts! {
    members_title() "People", "Orang";
    members_lead() "Who can use this console, and what they may do.", "Siapa yang dapat memakai konsol ini, dan apa yang boleh dilakukan.";
    members_name() "Name", "Nama";
    members_email() "E-mail", "Email";
    members_role() "Role", "Peran";
    members_since() "Since (UTC)", "Sejak (UTC)";
    members_act() "Change", "Ubah";
    members_you() "you", "Anda";
    members_save() "Save role", "Simpan peran";
    members_remove() "Remove", "Keluarkan";
    members_role_of(name: &str) format!("Role of {name}"), format!("Peran {name}");
    members_remove_whom(name: &str) format!("Remove {name}"), format!("Keluarkan {name}");
    members_remove_title(name: &str, from: &str) format!("Remove {name} from {from}?"), format!("Keluarkan {name} dari {from}?");
    members_remove_signs_out() "They are signed out of this organization at once.", "Yang bersangkutan langsung keluar dari organisasi ini.";
    members_remove_roles() "Their roles for the agents here end.", "Peran untuk agen-agen di sini berakhir.";
    members_remove_invitations() "Invitations they made stop working.", "Undangan yang dibuatnya tidak berlaku lagi.";
    members_remove_history() "What they did stays in the activity.", "Yang pernah dilakukan tetap ada di aktivitas.";
    seats_remove_role() "Their role for this agent ends at once.", "Perannya untuk agen ini langsung berakhir.";
    members_keep() "Cancel", "Batal";
    members_last_owner() "An organization keeps at least one owner: make somebody else owner first.", "Organisasi selalu punya sedikitnya satu pemilik: jadikan orang lain pemilik dulu.";
    members_conflict(name: &str, now: &str, wanted: &str)
        format!("While you looked, {name} was given the role {now}. You asked for {wanted}. Nothing was overwritten: choose again."),
        format!("Sementara Anda melihat, {name} diberi peran {now}. Anda meminta {wanted}. Tidak ada yang ditimpa: pilih lagi.");
    members_fault() "Fault", "Kesalahan";
    members_gone() "This person is not here any more.", "Orang ini sudah tidak ada di sini.";

    invite_title() "Invite somebody", "Undang seseorang";
    invite_lead() "You get a link to pass on yourself: Warta sends no e-mail.", "Anda mendapat tautan untuk diteruskan sendiri: Warta tidak mengirim email.";
    invite_email_help() "Whom the invitation is meant for.", "Untuk siapa undangan ini.";
    invite_already() "This person belongs to the organization already.", "Orang ini sudah ada di organisasi.";
    invite_role_help() "Owners and admins are owner of every agent. A member sees the agents assigned to them.", "Pemilik dan admin menjadi pemilik setiap agen. Anggota melihat agen yang ditugaskan kepadanya.";
    invite_agent() "Agent", "Agen";
    invite_agent_help() "A member can be assigned to one agent right away, to others later.", "Anggota dapat langsung ditugaskan ke satu agen, ke agen lain nanti.";
    invite_no_agent() "None yet", "Belum ada";
    invite_agent_role() "Role for this agent", "Peran untuk agen ini";
    invite_expiry() "The link works for", "Tautan berlaku selama";
    invite_day() "1 day", "1 hari";
    invite_week() "7 days", "7 hari";
    invite_month() "30 days", "30 hari";
    invite_unknown() "Choose one of these.", "Pilih salah satu.";
    invite_make() "Make the link", "Buat tautan";
    invite_made(email: &str) format!("Invitation for {email}"), format!("Undangan untuk {email}");
    invite_made_lead() "Pass this link on yourself. It works once, and it is shown only now.", "Teruskan tautan ini sendiri. Berlaku satu kali, dan hanya ditampilkan sekarang.";
    invite_back() "Back to the people", "Kembali ke daftar orang";
    invitations_title() "Open invitations", "Undangan yang terbuka";
    invitations_none() "No invitation waits to be accepted.", "Tidak ada undangan yang menunggu.";
    invitations_by() "Invited by", "Diundang oleh";
    invitations_until() "Until (UTC)", "Sampai (UTC)";
    invitations_revoke() "Revoke", "Cabut";
    invitations_revoke_ask(email: &str) format!("Revoke the invitation for {email}?"), format!("Cabut undangan untuk {email}?");
    invitations_revoke_link() "Their link stops working at once.", "Tautannya langsung tidak berlaku.";
    invitations_revoke_anew() "You can invite them anew at any time.", "Anda bisa mengundang lagi kapan saja.";
    invitations_revoke_whose(email: &str) format!("Revoke the invitation for {email}"), format!("Cabut undangan untuk {email}");

    roles_title() "What the roles may do", "Yang boleh dilakukan tiap peran";
    roles_organization() "In the organization", "Di organisasi";
    roles_agent() "For an agent", "Untuk sebuah agen";
    roles_agent_lead() "Owners and admins of the organization are owner of every agent.", "Pemilik dan admin organisasi menjadi pemilik setiap agen.";
    roles_may() "May", "Boleh";
    roles_yes() "yes", "ya";
    roles_no() "no", "tidak";

    seats_title(name: &str) format!("People of {name}"), format!("Orang di {name}");
    seats_lead() "Members of the organization see an agent only when they are assigned to it.", "Anggota organisasi melihat agen hanya bila ditugaskan kepadanya.";
    seats_assigned() "Assigned", "Ditugaskan";
    seats_none() "Nobody is assigned to this agent.", "Belum ada yang ditugaskan ke agen ini.";
    seats_by_organization() "By their role in the organization", "Karena peran di organisasi";
    seats_assign() "Assign somebody", "Tugaskan seseorang";
    seats_assign_do() "Assign", "Tugaskan";
    seats_nobody_left() "Every member of the organization is assigned already.", "Semua anggota organisasi sudah ditugaskan.";
    seats_person_unknown() "Choose a member of the organization.", "Pilih anggota organisasi.";
    seats_already(role: &str) format!("This person is assigned already, as {role}: change their role in the list above."), format!("Orang ini sudah ditugaskan, sebagai {role}: ubah perannya di daftar di atas.");
}

impl Lang {
    /// The word for a role, in the organization or for an agent.
    pub(crate) fn role_word(self, role: &str) -> Cow<'static, str> {
        let (en, id) = match role {
            "owner" => ("Owner", "Pemilik"),
            "admin" => ("Admin", "Admin"),
            "member" => ("Member", "Anggota"),
            "contributor" => ("Contributor", "Kontributor"),
            "operator" => ("Operator", "Operator"),
            "viewer" => ("Viewer", "Pengamat"),
            other => return Cow::from(other.to_owned()),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }

    /// What can be done with an agent, in words.
    pub(crate) fn permission_word(self, permission: Permission) -> Cow<'static, str> {
        let (en, id) = match permission {
            Permission::SeeChannel => (
                "See channel, session and activity, secrets masked",
                "Melihat kanal, sesi, dan aktivitas, rahasia tersamar",
            ),
            Permission::ChangeChannel => (
                "Change channel, credentials, webhook secret, session, registration, agent endpoints and API keys; go live; promote",
                "Mengubah kanal, kredensial, rahasia webhook, sesi, registrasi, endpoint agen, dan kunci API; mengaktifkan; mempromosikan",
            ),
            Permission::ListTemplates => ("List templates", "Melihat daftar templat"),
            Permission::UseTemplates => {
                ("Create, send and delete templates", "Membuat, mengirim, dan menghapus templat")
            }
            Permission::ListHistory => {
                ("List the history, users masked", "Melihat daftar riwayat, pengguna tersamar")
            }
            Permission::ExportHistory => {
                ("See the history unmasked, export CSV", "Melihat riwayat tanpa samaran, mengekspor CSV")
            }
            Permission::ManageAgent => (
                "Manage the agent's people, delete or transfer the agent",
                "Mengelola orang di agen, menghapus atau memindahkan agen",
            ),
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }

    /// What can be done with an organization, in words.
    pub(crate) fn organization_permission_word(
        self,
        permission: OrganizationPermission,
    ) -> Cow<'static, str> {
        let (en, id) = match permission {
            OrganizationPermission::CreateAgents => ("Add agents", "Menambah agen"),
            OrganizationPermission::ManagePeople => (
                "Invite people, change their roles, remove them",
                "Mengundang orang, mengubah peran, mengeluarkan",
            ),
            OrganizationPermission::SeeActivity => {
                ("See the activity of everybody", "Melihat aktivitas semua orang")
            }
            OrganizationPermission::ManageOwners => {
                ("Make and unmake owners", "Mengangkat dan memberhentikan pemilik")
            }
        };
        Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        })
    }

    /// What was done, for `?done=` on the pages about people.
    pub(crate) fn members_done(self, word: &str) -> Option<Cow<'static, str>> {
        let (en, id) = match word {
            "role" => ("The role was changed.", "Peran diubah."),
            "removed" => ("The person was removed.", "Orang itu dikeluarkan."),
            "revoked" => ("The invitation was revoked.", "Undangan dicabut."),
            "assigned" => ("The person was assigned.", "Orang itu ditugaskan."),
            _ => return None,
        };
        Some(Cow::from(match self {
            Self::En => en,
            Self::Id => id,
        }))
    }
}
