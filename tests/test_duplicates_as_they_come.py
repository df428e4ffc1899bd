"""Sixty leads as they really come in: which of them are one, and why, in words a sales person would use."""

from datetime import date
from typing import Any

import pytest
from conftest import written_book

from ltc_xl import leads
from ltc_xl.model.enums import Lang
from ltc_xl.rules import bind_rulebook

LEADS = """
    leads
    | lead_id | company                                         | contact    | mobile             | email               | city     | state |
    | L-01    | 苏州恒远电子科技有限公司                        | 陈敏       | 13812345678        | chen@hengyuan.cn    | 苏州     | NEW   |
    | L-02    | 恒远集团有限公司                                | 李强       | 13900000002        |                     | 苏州     | NEW   |
    | L-03    | 苏州恒远电子科技有限公司无锡分公司              | 王磊       | 13900000003        |                     | 无锡     | NEW   |
    | L-04    | 苏州恒远电子科技股份有限公司                    | 赵刚       | 13900000004        |                     |          | NEW   |
    | L-05    | 恒远电子                                        | 陈敏       | +86 138 1234 5678  |                     |          | NEW   |
    | L-06    | Suzhou Hengyuan Electronic Technology Co., Ltd. | Chen Min   |                    | chenmin@hengyuan.cn | Suzhou   | NEW   |
    | L-07    | 上海恒远电子科技有限公司                        | 周婷       | 13900000007        |                     | 上海     | NEW   |
    | L-08    | 远东新材料（上海）有限公司                      | 吴昊       | 13900000008        |                     |          | NEW   |
    | L-09    | 上海远东新材料有限公司                          | 吴昊       |                    |                     |          | NEW   |
    | L-10    | 远东新材料有限公司                              | 郑洁       |                    |                     | 浦东新区 | NEW   |
    | L-11    | 远东新材料有限公司                              | 冯涛       |                    |                     | 杭州     | NEW   |
    | L-12    | 江苏华瑞精密机械有限公司（原华锐机械）          | 钱进       | 13900000012        |                     | 常州     | NEW   |
    | L-13    | 华锐机械有限公司                                | 钱进       |                    |                     | 常州     | NEW   |
    | L-14    | 威斯曼（中国）有限公司                          | 林娜       | 13900000014        | lin@wismann.com     | 北京     | NEW   |
    | L-15    | Wismann Ltd., China                             | Lin Na     |                    | lin.na@wismann.com  | Beijing  | NEW   |
    | L-16    | 威斯曼 Wismann                                  | 何平       |                    |                     | 北京     | NEW   |
    | L-17    | 上海市第二人民医院                              | 罗医生     | 13900000017        |                     | 上海     | NEW   |
    | L-18    | 上海市第二人民医院骨科                          | 梁医生     | 13900000018        |                     | 上海     | NEW   |
    | L-19    | 上海市第六人民医院                              | 宋医生     | 13900000019        |                     | 上海     | NEW   |
    | L-20    | 上海市第二人民医院 设备科                       | 罗医生     | 13900000017        |                     | 上海     | NEW   |
    | L-21    | 宁波海天贸易有限公司                            | 唐代理     | 13700000021        | tang@qq.com         | 宁波     | NEW   |
    | L-22    | 温州力达阀门厂                                  | 唐代理     | 13700000021        | tang@qq.com         | 温州     | NEW   |
    | L-23    | 甲骨文软件                                      | 韩梅       |                    | hanmei@gmail.com    | 深圳     | NEW   |
    | L-24    | 乙方咨询                                        | 李雷       |                    | lilei@gmail.com     | 深圳     | NEW   |
    | L-25    | 南京明德仪器有限公司                            | 曹华       | 400-888-0000       |                     | 南京     | NEW   |
    | L-26    | 成都大云汽车有限公司                            | 刘贝       | 4008880000         |                     | 成都     | NEW   |
    | L-27    | 无锡新洁源股份有限公司                          | 孙全       | 0510-85012345-801  |                     | 无锡     | NEW   |
    | L-28    | 无锡新洁源股份                                  | 周玉       | 0510-85012345转802 |                     | 无锡     | NEW   |
    | L-29    | 无锡江南电缆有限公司                            | 鲁苏       | 0510-85012345      |                     | 无锡     | NEW   |
    | L-30    | 青岛海润电器 张经理 13500000030                 |            |                    |                     | 青岛     | NEW   |
    | L-31    | 青岛海润电器股份有限公司                        | 张伟       | 13500000030        |                     | 青岛     | NEW   |
    | L-32    | 合肥科远讯达(李总)                              |            |                    |                     | 合肥     | NEW   |
    | L-33    | 科远讯达股份有限公司                            | 李明       |                    |                     | 合肥     | NEW   |
    | L-34    | 重庆长岭汽车股份有限公司                        | 马朝       |                    |                     | 重庆     | NEW   |
    | L-35    | 重庆长岭工业集团有限公司                        | 黄中       |                    |                     | 重庆     | NEW   |
    | L-36    | 深圳市天鹏创新科技有限公司                      | 汪洋       |                    |                     |          | NEW   |
    | L-37    | 天鹏创新                                        | 汪洋       |                    |                     | 深圳     | NEW   |
    | L-38    | TPC 天鹏                                        |            |                    | wang@tianpeng.cn    | 深圳     | NEW   |
    | L-39    | 厦门建隆股份有限公司                            | 陈一       |                    | chen1@jianlong.com  | 厦门     | NEW   |
    | L-40    | 厦门建隆物流有限公司                            | 陈二       |                    | chen2@jianlong.com  | 厦门     | NEW   |
    | L-41    | 佛山市南海区宏泰铝业有限公司                    | 梁生       |                    |                     |          | NEW   |
    | L-42    | 宏泰铝业                                        | 梁先生     |                    |                     | 佛山     | NEW   |
    | L-43    | 北京元点跃动科技有限公司                        | 张三       |                    |                     | 北京     | NEW   |
    | L-44    | 北京元点跃动网络技术有限公司                    | 李四       |                    |                     | 北京     | NEW   |
    | L-45    | 苏州恒达电子科技有限公司                        | 丁一       | 13900000045        |                     | 苏州     | NEW   |
    | L-46    | Acme Industrial Systems Inc.                    | John Smith | +1 415 555 0101    | john@acme.com       | Boston   | NEW   |
    | L-47    | ACME Industrial Systems, LLC                    | Mary Jones |                    | mary@acme.com       | Boston   | NEW   |
    | L-48    | Acme Foods Ltd                                  | Bob        | +1 212 555 0188    | bob@acmefoods.com   | New York | NEW   |
    | L-49    | Jonsen & Jonsen                                 | Amy        |                    |                     | Shanghai | NEW   |
    | L-50    | Jonsen and Jonsen Co.                           | Amy        |                    |                     | Shanghai | NEW   |
    | L-51    | 中国石禾销售股份有限公司江苏石油分公司          | 高工       | 13900000051        |                     | 南京     | NEW   |
    | L-52    | 中石禾江苏石油分公司                            | 高工       | 13900000051        |                     | 南京     | NEW   |
    | L-53    | 天津一达丰禾汽车有限公司                        | 尹静       |                    |                     | 天津     | NEW   |
    | L-54    | 一达丰禾                                        | 尹静       |                    |                     |          | NEW   |
    | L-55    | 杭州海岳威视数字技术股份有限公司                | 胡扬       |                    | hu@haiyue.com       | 杭州     | NEW   |
    | L-56    | 杭州海岳威视系统技术有限公司                    | 龙飞       |                    | long@haiyue.com     | 杭州     | NEW   |
    | L-57    |                                                 | 王先生     | 13600000057        |                     |          | NEW   |
    | L-58    | 待确认                                          | 王先生     | 13600000057        |                     |          | NEW   |
    | L-59    | 个人                                            | 赵女士     | 13600000059        |                     |          | NEW   |
    | L-60    | 个人                                            | 钱女士     | 13600000060        |                     |          | NEW   |
    customers
    | customer_id | name                 | aliases | city   |
    | K-1         | 江苏沙岭集团有限公司 | 沙岭    | 张家港 |
    | K-2         | 天鹏创新科技有限公司 |         | 深圳   |
    contacts
    | contact_id | customer             | name | mobile      |
    | N-1        | 江苏沙岭集团有限公司 | 沈文 | 13600000057 |
    """  # noqa: E501  a table

ZH = """
    L-01 L-04 suspect: 去掉地名和“有限公司”之后同名（恒远电子科技）；同城；手机不同；联系人不同
    L-01 L-05 duplicate: 手机相同，名称也对得上；联系人同名
    L-01 L-06 suspect: 同一个企业邮箱域名，一个写中文名，一个写英文名
    L-08 L-09 suspect: 去掉地名和“有限公司”之后同名（远东新材料）；联系人同名；同城
    L-08 L-10 suspect: 去掉地名和“有限公司”之后同名（远东新材料）；同城；联系人不同
    L-09 L-10 suspect: 去掉地名和“有限公司”之后同名（远东新材料）；同城；联系人不同
    L-12 L-13 suspect: 去掉地名和“有限公司”之后同名（华锐机械）；联系人同名；同城
    L-14 L-15 suspect: 同一个企业邮箱域名，一个写中文名，一个写英文名；同城
    L-14 L-16 suspect: 去掉地名和“有限公司”之后同名（威斯曼）；同城；联系人不同
    L-17 L-18 suspect: 去掉地名和“有限公司”之后同名（第二人民医院）；同城；手机不同；其中一个写到了科室
    L-17 L-20 duplicate: 手机相同，名称也对得上；其中一个写到了科室
    L-18 L-20 suspect: 去掉地名和“有限公司”之后同名（第二人民医院）；同城；手机不同；科室不同
    L-21 L-22 suspect: 手机相同，公司名不同：可能是代理，也可能换了公司；邮箱相同；联系人同名；城市不同
    L-25 L-26 suspect: 座机或总机相同，公司名不同：可能是同一集团、同一栋楼，或由代理登记；联系人不同；城市不同
    L-27 L-28 duplicate: 座机或总机相同，名称也对得上；联系人不同
    L-27 L-29 suspect: 座机或总机相同，公司名不同：可能是同一集团、同一栋楼，或由代理登记；同城；联系人不同
    L-28 L-29 suspect: 座机或总机相同，公司名不同：可能是同一集团、同一栋楼，或由代理登记；同城；联系人不同
    L-30 L-31 duplicate: 手机相同，名称也对得上
    L-32 L-33 suspect: 去掉地名和“有限公司”之后同名（科远讯达）；同城
    L-36 K-2 suspect: 去掉地名和“有限公司”之后同名（天鹏创新科技）；同城
    L-36 L-37 suspect: 一个像是另一个的简称（天鹏创新）；联系人同名；同城
    L-37 K-2 suspect: 一个像是另一个的简称（天鹏创新）；同城
    L-39 L-40 suspect: 一个像是另一个的简称（建隆）；邮箱域名相同；同城；联系人不同
    L-41 L-42 suspect: 去掉地名和“有限公司”之后同名（宏泰铝业）；同城
    L-46 L-47 suspect: 去掉地名和“有限公司”之后同名（acme industrial systems）；邮箱域名相同；同城；联系人不同
    L-49 L-50 suspect: 去掉地名和“有限公司”之后同名（jonsen and jonsen）；联系人同名；同城
    L-51 L-52 suspect: 手机相同，公司名不同：可能是代理，也可能换了公司；同城；其中一个是分支机构
    L-53 L-54 suspect: 一个像是另一个的简称（一达丰禾）；联系人同名
    L-55 L-56 suspect: 同一个企业邮箱域名，公司名相近（相似度 75）；同城；联系人不同
    L-57 L-58 duplicate: 手机相同，没有公司名可比
    """  # noqa: E501  a table

EN = """
    L-01 L-04 suspect: same name but for place and legal form (恒远电子科技); same city; other mobile; other contact
    L-01 L-05 duplicate: same mobile, and the names agree; same contact
    L-01 L-06 suspect: same company mail domain, one name in Chinese, the other in English
    L-08 L-09 suspect: same name but for place and legal form (远东新材料); same contact; same city
    L-08 L-10 suspect: same name but for place and legal form (远东新材料); same city; other contact
    L-09 L-10 suspect: same name but for place and legal form (远东新材料); same city; other contact
    L-12 L-13 suspect: same name but for place and legal form (华锐机械); same contact; same city
    L-14 L-15 suspect: same company mail domain, one name in Chinese, the other in English; same city
    L-14 L-16 suspect: same name but for place and legal form (威斯曼); same city; other contact
    L-17 L-18 suspect: same name but for place and legal form (第二人民医院); same city; other mobile; one names a department
    L-17 L-20 duplicate: same mobile, and the names agree; one names a department
    L-18 L-20 suspect: same name but for place and legal form (第二人民医院); same city; other mobile; other department
    L-21 L-22 suspect: same mobile, another company: an agent perhaps, or somebody who moved; same e-mail; same contact; other city
    L-25 L-26 suspect: same switchboard, another company: one group, one building, or an agent perhaps; other contact; other city
    L-27 L-28 duplicate: same switchboard, and the names agree; other contact
    L-27 L-29 suspect: same switchboard, another company: one group, one building, or an agent perhaps; same city; other contact
    L-28 L-29 suspect: same switchboard, another company: one group, one building, or an agent perhaps; same city; other contact
    L-30 L-31 duplicate: same mobile, and the names agree
    L-32 L-33 suspect: same name but for place and legal form (科远讯达); same city
    L-36 K-2 suspect: same name but for place and legal form (天鹏创新科技); same city
    L-36 L-37 suspect: one looks like the short form of the other (天鹏创新); same contact; same city
    L-37 K-2 suspect: one looks like the short form of the other (天鹏创新); same city
    L-39 L-40 suspect: one looks like the short form of the other (建隆); same mail domain; same city; other contact
    L-41 L-42 suspect: same name but for place and legal form (宏泰铝业); same city
    L-46 L-47 suspect: same name but for place and legal form (acme industrial systems); same mail domain; same city; other contact
    L-49 L-50 suspect: same name but for place and legal form (jonsen and jonsen); same contact; same city
    L-51 L-52 suspect: same mobile, another company: an agent perhaps, or somebody who moved; same city; one is a branch
    L-53 L-54 suspect: one looks like the short form of the other (一达丰禾); same contact
    L-55 L-56 suspect: same company mail domain, names alike (75 of 100); same city; other contact
    L-57 L-58 duplicate: same mobile, no company name to compare
    """  # noqa: E501  a table


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(("lang", "expected", "between"), [("zh", ZH, "；"), ("en", EN, "; ")])
def test_each_pair_is_found_with_its_band_and_reasons_and_no_other(
    lang: Lang, expected: str, between: str
) -> None:
    book = written_book(LEADS)
    data: Any = leads.dedupe(book, bind_rulebook(book), date(2026, 4, 30), lang=lang).data
    told = [
        f"{one['a']} {one['b']} {one['band']}: {between.join(one['reasons'])}"
        for one in (*data["pairs"], *data["customers"])
    ]
    assert sorted(told) == lines(expected)


def test_a_number_on_file_with_a_customer_links_leads_that_name_no_company() -> None:
    book = written_book(LEADS)
    data: Any = leads.dedupe(book, bind_rulebook(book), date(2026, 4, 30)).data
    assert [(one["lead_id"], one["customer"]) for one in data["linked"]] == [
        ("L-57", "江苏沙岭集团有限公司"),
        ("L-58", "江苏沙岭集团有限公司"),
    ]
