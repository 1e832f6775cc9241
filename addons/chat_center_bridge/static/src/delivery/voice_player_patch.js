import { VoicePlayer } from "@mail/discuss/voice_message/common/voice_player";

import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** Customers send what no browser can decode: it is told, and stops nobody. */
patch(VoicePlayer.prototype, {
    async drawBuffer() {
        try {
            await super.drawBuffer(...arguments);
        } catch (error) {
            if (!(error instanceof DOMException)) {
                throw error;
            }
            this.state.visualTime = _t("Cannot be played here: download it");
        }
    },
    onClickPlayPause() {
        if (this.buffer) {
            super.onClickPlayPause(...arguments);
        }
    },
    seekTo() {
        if (this.buffer) {
            super.seekTo(...arguments);
        }
    },
});
