//! Every error and every fault: a line each.

use crate::http::locale::Locale;

macro_rules! catalogue {
    ($( $variant:ident $status:literal $code:literal $zh:literal $en:literal; )+) => {
        /// The code of an answer that is an error; each is a page at `/errors/{code}`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $( #[doc = $en] $variant ),+ }

        impl Code {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// The HTTP status that it is sent with.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),+ } }

            /// Its title.
            pub const fn title(self, locale: Locale) -> &'static str {
                match (self, locale) { $( (Self::$variant, Locale::Zh) => $zh, (Self::$variant, Locale::En) => $en, )+ }
            }
        }
    };
}

catalogue! {
    Malformed             400 "malformed"               "请求格式有误"                     "The request is malformed";
    TokenMissing          401 "token_missing"           "缺少访问令牌"                     "An access token is required";
    TokenExpired          401 "token_expired"           "访问令牌已过期"                   "The access token has expired";
    TokenStale            401 "token_stale"             "权限已变更，请刷新令牌"             "Rights have changed: refresh the token";
    TokenInvalid          401 "token_invalid"           "访问令牌无效"                     "The access token is not valid";
    InvalidRequest        400 "invalid_request"         "令牌请求有误"                     "The token request is not valid";
    InvalidScope          400 "invalid_scope"           "所请求的权限范围超出该应用的权限"     "The client does not have the scope that it asks for";
    InvalidGrant          400 "invalid_grant"           "用户名、口令、密钥或刷新令牌无效"     "The credentials or the refresh token are not valid";
    InvalidClient         401 "invalid_client"          "应用身份验证失败"                 "Client authentication failed";
    UnsupportedGrant      400 "unsupported_grant_type"  "不支持的授权类型"                 "The grant type is not supported";
    PasswordChangeRequired 403 "password_change_required" "须先修改口令"                  "The password must be changed first";
    Forbidden             403 "forbidden"               "您的角色不能进行此操作"             "None of your roles allows this operation";
    SeparationOfDuties    403 "separation_of_duties"    "您此前对该问题的操作与此冲突"   "An earlier act of yours on this problem forbids this";
    LinkInvalid           403 "link_invalid"            "下载链接无效"                     "The link is not one that was signed here";
    LinkExpired           403 "link_expired"            "下载链接已过期"                   "The link has expired: ask for another";
    NotFound              404 "not_found"               "不存在"                           "Not found";
    MethodNotAllowed      405 "method_not_allowed"      "此地址不支持该方法"                "The method is not allowed here";
    NotAcceptable         406 "not_acceptable"          "无法提供所要求的媒体类型"            "No acceptable representation";
    TransitionNotAllowed  409 "transition_not_allowed"  "当前状态不允许此操作"              "The present state does not allow this action";
    AlreadyDisposed       409 "already_disposed"        "问题已经处置"                     "The problem already has a disposition";
    AlreadyClaimed        409 "already_claimed"         "已被认领或交办"                   "It has been claimed or assigned already";
    Merged                409 "merged"                  "问题已并入另一问题"                "The problem was merged into another";
    NotReady              409 "not_ready"               "尚缺分析或已批准的落实清单"          "An analysis or an approved plan is missing";
    OpenDuties            409 "open_duties"             "尚有步骤或协办事项未完成"            "Steps or supporting duties are still open";
    NoFaceToFace          409 "no_face_to_face"         "尚未与反映人面对面沟通，也未说明原因"   "Nobody met the reporter face to face, and no reason was given";
    OutputMissing         409 "output_missing"          "制度性问题须有共性问题或制度成果"      "An institutional problem needs a theme or an output";
    MembersMissing        409 "members_missing"         "共性问题至少须有两个问题"            "A theme needs two problems at least";
    NoContact             409 "no_contact"              "无从联系反映人"                   "Nobody knows who the reporter is";
    TooEarly              409 "too_early"               "时限未到"                        "It is too early";
    TooLate               409 "too_late"                "已过时限"                        "It is too late";
    AttemptsMissing       409 "attempts_missing"        "联系反映人的次数不足"               "There were too few attempts to reach the reporter";
    NoticeMissing         409 "result_notice_missing"   "结果尚未公示"                      "The result has not been published as a notice";
    Undisposed            409 "undisposed_problems"     "尚有问题未处置"                   "Some problems have no disposition yet";
    AnalysisMissing       409 "analysis_missing"        "问题尚未作成因分析"               "The problem has no analysis yet";
    Duplicate             409 "duplicate"               "已存在"                           "It exists already";
    HasOpenWork           409 "has_open_work"           "尚有未了结的工作"                  "There is open work";
    LastAdministrator     409 "last_administrator"      "不能终止最后一名系统管理员"           "The last administrator cannot be ended";
    Immutable             409 "immutable"               "该内容不可更改"                   "This cannot be changed";
    AlreadyAttached       409 "already_attached"        "附件已有归属"                     "The attachment has an owner already";
    RequestOpen           409 "request_open"            "该问题有待决定的请求"               "A request of the problem waits for a decision";
    AlreadyDecided        409 "already_decided"         "该请求已经决定"                   "The request has been decided already";
    Adjudicated           409 "adjudicated"             "已作终局裁定"                     "It was ruled on, and that is final";
    LimitReached          409 "limit_reached"           "已达次数上限"                     "It was asked for as often as may be";
    Ended                 409 "ended"                   "已终止"                           "It has ended";
    Erased                409 "erased"                  "个人信息和原文已擦除"              "Its words and personal data are erased";
    AnswerGone            409 "answer_gone"             "已办理，其答复因擦除或隐去不再提供"  "It was done, and its answer is gone: words of it were erased or blotted out";
    InProgress            409 "in_progress"             "相同请求正在处理"                  "The same request is being processed";
    PreconditionFailed    412 "precondition_failed"     "版本已变更"                       "The resource has changed since you read it";
    PayloadTooLarge       413 "payload_too_large"       "请求体过大"                       "The body is too large";
    UnsupportedMediaType  415 "unsupported_media_type"  "不支持的内容类型"                  "The content type is not supported";
    Invalid               422 "invalid"                 "内容有误"                         "The content is not valid";
    KeyReused             422 "idempotency_key_reused"  "幂等键已用于另一请求"               "The idempotency key was used with another body";
    PreconditionRequired  428 "precondition_required"   "须提供 If-Match"                  "If-Match is required";
    RateLimited           429 "rate_limited"            "请求过于频繁，请稍后再试"            "Too many requests: try again later";
    TooManyAttempts       429 "too_many_attempts"       "尝试过多，请稍后再试"               "Too many attempts: try again later";
    Internal              500 "internal"                "服务器内部错误"                   "Internal error";
    Unavailable           503 "unavailable"             "服务暂不可用"                     "The service is unavailable for the moment";
    StorageFull           503 "storage_full"            "存储已满，暂不能写入"               "The disk is full: reading goes on, writing does not";
}

impl Code {
    /// The `error` that OAuth 2.0 knows this code by (RFC 6749, 5.2; 8.5 lets a server add its own).
    pub const fn oauth_error(self) -> Option<&'static str> {
        match self {
            Self::InvalidRequest
            | Self::InvalidScope
            | Self::InvalidGrant
            | Self::InvalidClient
            | Self::UnsupportedGrant
            | Self::RateLimited
            | Self::TooManyAttempts => Some(self.as_str()),
            _ => None,
        }
    }
}

macro_rules! fault_codes {
    ($( $variant:ident $code:literal $zh:literal $en:literal; )+) => {
        /// The code of one fault within an error, beside the pointer to where it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FaultCode { $( #[doc = $en] $variant ),+ }

        impl FaultCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// What it says.
            pub const fn text(self, locale: Locale) -> &'static str {
                match (self, locale) { $( (Self::$variant, Locale::Zh) => $zh, (Self::$variant, Locale::En) => $en, )+ }
            }
        }
    };
}

fault_codes! {
    Required        "required"         "必填"                       "is required";
    UnknownField    "unknown_field"    "未知字段"                    "is not a known field";
    UnknownParameter "unknown_parameter" "未知参数"                  "is not a known parameter";
    Repeated        "repeated"         "重复"                       "must not be repeated";
    WrongType       "type"             "类型有误"                    "has the wrong type";
    NotInList       "enum"             "不在允许的取值之内"             "is not one of the allowed values";
    TooShort        "too_short"        "太短或太少"                   "is too short or has too few items";
    TooLong         "too_long"         "太长或太多"                   "is too long or has too many items";
    OutOfRange      "out_of_range"     "超出范围"                    "is out of range";
    BadFormat       "format"           "格式有误"                    "does not have the right format";
    NoMatch         "invalid"          "无效"                       "is not valid";
    Nul             "nul_character"    "不得包含 NUL 字符"             "must not contain the NUL character";
    BadCursor       "cursor"           "游标无效或与此查询不符"          "is not a cursor of this query";
    BadHeader       "header"           "请求头格式有误"                "is not a well-formed header";
    UnknownReference "unknown_reference" "所指对象不存在或不在您的范围内"  "refers to nothing in your scope";
    EndedReference  "ended_reference"  "所指问题已了结"               "refers to a problem that has ended";
    RetiredTerm     "retired_term"     "该术语已停用"                  "is a retired term";
    OtherAudience   "other_audience"   "该分类属于另一类服务对象"         "is a term of another audience";
    UnknownScope    "unknown_scope"    "不是您的数据范围"               "is not one of your scopes";
    IdNumber        "id_number_not_accepted" "不得包含身份证号码，请遮盖后再提交" "holds an identity-card number: mask it and send again";
    PhoneNumber     "phone_number_not_accepted" "不得包含电话号码，请遮盖后再提交" "holds a telephone number: mask it and send again";
    CreditCode      "credit_code"      "统一社会信用代码有误"            "is not a valid unified social credit code";
    Phone           "phone"            "电话号码有误"                  "is not a telephone number";
    NotWithin       "not_within"       "不在规定的时间之内"             "is not within the time allowed";
    NeedsTwo        "needs_two_organisations" "至少需要两个单位"         "needs at least two organisations";
    NoOpenCampaign  "no_open_campaign" "不在任何进行中的活动期间内"        "lies outside every open campaign";
    WeakPassword    "weak_password"    "口令须为10至128个字符，不得只由三种以内字符组成，也不得含用户名" "needs 10 to 128 characters, at least four different ones, and not the user name in it";
    WrongLevel      "wrong_level"      "区划层级不符"                "is a division of another level";
    SectionMismatch "section_mismatch" "行业大类不属于该门类"            "is not a division of that section";
    ClientsOnly     "clients_only"     "仅限对接系统填写"              "may come from a client only";
    NotEmptyTogether "needs_one_of"    "至少须提供其中之一"             "needs at least one of these";
    FileName        "file_name"        "文件名不得含路径、控制字符，且不超过255字节" "must be a plain file name: no path, no control characters, at most 255 bytes";
    FileType        "file_type"        "不接受此类文件"               "is of a type that is not accepted";
    OtherFileType   "other_file_type"  "文件内容与所声明的类型不符"     "is not of the type that it is said to be";
    Checksum        "checksum"         "与文件内容的 SHA-256 不符"     "is not the SHA-256 of the file";
    LayeredBurden   "layered_burden"   "下级不得比上级更严（层层加码）"  "is stricter than what comes from above";
    MakeUpOnWeekday "make_up_on_weekday" "调休上班日须为周末"          "is no weekend day and cannot be a make-up day";
    PersonalName    "personal_name"    "不得包含当事人或办理人姓名"     "names a person who raised or handles it";
    PersonalAddress "personal_address" "不得包含个人住址"             "holds somebody's address";
    FirmNamed       "firm_named"       "未经同意或问题未解决的，不得点名企业" "names a firm that did not consent, or whose problem is not closed";
    NamesSomebody   "names_somebody"   "含有不宜公开的人员、住址或企业信息"  "names a person, a home or a firm that is not for everybody";
    Contact         "contact_not_accepted" "不得包含电子邮箱、微信号、QQ号等联系方式" "holds an e-mail address or a name by which somebody is reached";
    CreditCodeInText "credit_code_in_text" "不得包含统一社会信用代码"   "holds a unified social credit code";
    PassageMissing  "passage_missing"  "原文中没有这段文字"            "does not stand in the text";
    NothingLeft     "nothing_left"     "隐去后不剩任何文字"            "would leave nothing of the text";
    ClosedSet       "closed_set"       "仅限法律与隐私理由，不得增改"    "is a closed set: the law and privacy, and nothing else";
    Conflict        "conflict"         "与其他字段矛盾"                "contradicts another field";
}
