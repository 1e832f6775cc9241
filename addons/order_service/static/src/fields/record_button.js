/**
 * Click a button of one record as the view's own buttons do: unsaved edits are saved
 * first, errors are shown, the record is read anew.
 *
 * @param {Object} env of the component
 * @param {Object} record
 * @param {Object} clickParams as of a button in the arch: type, name, confirm ...
 */
export function clickRecordButton(env, record, clickParams) {
    return env.onClickViewButton({
        clickParams,
        getResParams: () => ({
            context: record.context,
            evalContext: record.evalContext,
            resModel: record.resModel,
            resId: record.resId,
            resIds: record.resIds,
        }),
    });
}
